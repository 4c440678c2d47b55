/* Colours are named once and turned over by prefers-color-scheme and for print. Text keeps a
 * contrast of at least 4.5 on every ground it stands on; nothing is told by colour alone. */
#include "report/html_style.h"

/* clang-format off */
const struct str html_style[] = {
    STR_LIT(":root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#171a1f;"
            "--soft:#535d6a;--line:#dadfe6;--well:#f0f2f5;--critical:#a3123a;"
            "--high:#b3380f;--medium:#7d5400;--low:#1b5da6;--info:#535d6a;--pass:#17693b;"
            "--unknown:#6a3ca1;--track:#e3e7ec;--link:#1b5da6}\n"),
    STR_LIT("@media(prefers-color-scheme:dark){:root{--bg:#0f1317;--card:#171c22;"
            "--ink:#e9ecf0;--soft:#a6b0bd;--line:#2c343e;--well:#10151a;--critical:#ff8da3;"
            "--high:#ff9d70;--medium:#eec04f;--low:#86bdf8;--info:#a6b0bd;--pass:#6cd499;"
            "--unknown:#c9a9f7;--track:#2a323b;--link:#8cc1fa}}\n"),
    STR_LIT("*{box-sizing:border-box}\n"),
    STR_LIT("body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 system-ui,"
            "-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,\"DejaVu Sans\","
            "sans-serif}\n"),
    STR_LIT("header,main,footer{max-width:1120px;margin:0 auto;padding:0 24px}\n"),
    STR_LIT("header{padding-top:36px}\n"),
    STR_LIT("a{color:var(--link)}\n"),
    STR_LIT(".skip{position:absolute;left:-999px}\n"),
    STR_LIT(".skip:focus{left:8px;top:8px;background:var(--card);padding:8px}\n"),
    STR_LIT(".brand{margin:0;font-weight:700;letter-spacing:.04em;color:var(--soft)}\n"),
    STR_LIT("h1{margin:2px 0 6px;font-size:30px;line-height:1.2;letter-spacing:-.01em}\n"),
    STR_LIT("h2{margin:40px 0 12px;font-size:20px;letter-spacing:-.005em}\n"),
    STR_LIT("h3{display:inline;margin:0;font-size:16px}\n"),
    STR_LIT("h4{margin:16px 0 4px;font-size:13px;text-transform:uppercase;"
            "letter-spacing:.05em;color:var(--soft)}\n"),
    STR_LIT("p{margin:6px 0}\n"),
    STR_LIT(".soft{color:var(--soft)}\n"),
    STR_LIT(".verdict{margin:20px 0 0;padding:14px 18px;background:var(--card);"
            "border:1px solid var(--line);border-left:6px solid var(--pass);"
            "border-radius:8px;font-size:17px;font-weight:600}\n"),
    STR_LIT(".verdict.bad{border-left-color:var(--critical)}\n"),
    STR_LIT(".verdict.warn{border-left-color:var(--medium)}\n"),
    STR_LIT(".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));"
            "gap:12px;margin:16px 0 0;padding:0;list-style:none}\n"),
    STR_LIT(".cards li{padding:12px 16px;background:var(--card);"
            "border:1px solid var(--line);border-top:4px solid var(--c,var(--line));"
            "border-radius:8px}\n"),
    STR_LIT(".cards b{display:block;font-size:28px;line-height:1.2;"
            "font-variant-numeric:tabular-nums}\n"),
    STR_LIT(".cards .zero{color:var(--soft);font-weight:400}\n"),
    STR_LIT(".card{padding:8px 18px;background:var(--card);border:1px solid var(--line);"
            "border-radius:8px}\n"),
    STR_LIT(".critical{--c:var(--critical)}.high{--c:var(--high)}.medium{--c:var(--medium)}"
            ".low{--c:var(--low)}.info{--c:var(--info)}.unknown{--c:var(--unknown)}.pass{"
            "--c:var(--pass)}\n"),
    STR_LIT(".scroll{overflow-x:auto}\n"),
    STR_LIT("table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}\n"),
    STR_LIT("caption{padding:6px 0;text-align:left;color:var(--soft);font-size:14px}\n"),
    STR_LIT("th,td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);"
            "text-align:left;vertical-align:top}\n"),
    STR_LIT("th:last-child,td:last-child{padding-right:0}\n"),
    STR_LIT("tbody tr:last-child>*{border-bottom:0}\n"),
    STR_LIT("thead th{color:var(--soft);font-size:13px;font-weight:600;"
            "vertical-align:bottom}\n"),
    STR_LIT("tbody th{font-weight:600}\n"),
    STR_LIT(".n{text-align:right;white-space:nowrap}\n"),
    STR_LIT(".zero{color:var(--soft)}\n"),
    STR_LIT(".hot{color:var(--c);font-weight:700}\n"),
    STR_LIT(".wide{min-width:120px;width:26%;padding-left:8px}\n"),
    STR_LIT(".sev{display:inline-block;min-width:68px;padding:1px 8px;"
            "border:1px solid var(--c);border-radius:99px;color:var(--c);font-size:12px;"
            "font-weight:700;text-align:center}\n"),
    STR_LIT(".critical>summary .sev,.sev.critical{background:var(--c);color:var(--card)}\n"),
    STR_LIT(".bar{display:flex;height:12px;margin-top:6px;border-radius:3px;"
            "background:var(--track);overflow:hidden}\n"),
    STR_LIT(".bar i{display:block;min-width:2px}\n"),
    STR_LIT(".bar .f{background:var(--c)}\n"),
    STR_LIT(".bar .u{background:repeating-linear-gradient(135deg,var(--unknown) 0 2px,"
            "transparent 2px 5px)}\n"),
    STR_LIT(".key i{display:inline-block;width:22px;height:11px;margin:0 6px 0 14px;"
            "border-radius:3px}\n"),
    STR_LIT(".key i:first-child{margin-left:0}\n"),
    STR_LIT(".key .f{background:var(--soft)}\n"),
    STR_LIT(".key .u{background:repeating-linear-gradient(135deg,var(--unknown) 0 2px,"
            "transparent 2px 5px)}\n"),
    STR_LIT(".key .p{background:var(--track)}\n"),
    STR_LIT("details.control{margin:0 0 12px;background:var(--card);"
            "border:1px solid var(--line);border-left:6px solid var(--c);border-radius:8px}\n"),
    STR_LIT("details.control>summary{display:flex;flex-wrap:wrap;gap:4px 12px;"
            "align-items:baseline;padding:12px 18px;cursor:pointer;list-style:none}\n"),
    STR_LIT("details.control>summary::-webkit-details-marker{display:none}\n"),
    STR_LIT("details.control>summary::before{content:\"+\";width:.7em;color:var(--soft);"
            "font-weight:700}\n"),
    STR_LIT("details.control[open]>summary::before{content:\"\\2013\"}\n"),
    STR_LIT("summary:focus-visible,a:focus-visible{outline:3px solid var(--link);"
            "outline-offset:2px}\n"),
    STR_LIT(".count{margin-left:auto;font-weight:700;white-space:nowrap}\n"),
    STR_LIT(".body{padding:0 18px 16px}\n"),
    STR_LIT(".ids{font-size:13px;color:var(--soft)}\n"),
    STR_LIT("code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"
            "\"DejaVu Sans Mono\",monospace;overflow-wrap:anywhere}\n"),
    STR_LIT("td code,th code{overflow-wrap:normal}\n"),
    STR_LIT(".t{white-space:nowrap}\n"),
    STR_LIT("th code{font-size:12px}\n"),
    STR_LIT(".name{overflow-wrap:anywhere;min-width:132px}\n"),
    STR_LIT("pre{margin:4px 0;padding:10px 12px;background:var(--well);"
            "border:1px solid var(--line);border-radius:6px;white-space:pre-wrap}\n"),
    STR_LIT("pre code{display:block}\n"),
    STR_LIT("pre.each code{user-select:all}\n"),
    STR_LIT(".long,pre.each{max-height:34em;overflow:auto}\n"),
    STR_LIT("pre.each{max-height:17em}\n"),
    STR_LIT(".long{border-bottom:1px solid var(--line)}\n"),
    STR_LIT(".long td,.long th{font-size:14px}\n"),
    STR_LIT(".long .name{min-width:176px}\n"),
    STR_LIT(".long thead th{position:sticky;top:0;background:var(--card)}\n"),
    STR_LIT("ol,ul{margin:4px 0;padding-left:22px}\n"),
    STR_LIT(".more>summary{margin-top:14px;cursor:pointer;color:var(--link);font-size:14px}\n"),
    STR_LIT(".gap{color:var(--unknown);font-style:italic}\n"),
    STR_LIT("dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;"
            "margin:8px 0}\n"),
    STR_LIT("dt{color:var(--soft)}\n"),
    STR_LIT("dd{margin:0}\n"),
    STR_LIT("footer{padding-top:28px;padding-bottom:48px;color:var(--soft);font-size:13px}\n"),
    STR_LIT("@media(max-width:640px){header,main,footer{padding-left:14px;"
            "padding-right:14px}h1{font-size:25px}.cards{grid-template-columns:repeat(2,"
            "1fr)}.hide{display:none}.card,.body{padding-left:12px;padding-right:12px}"
            "details.control>summary{padding:12px}dl{grid-template-columns:1fr;gap:0}dd{"
            "margin-bottom:8px}.count{margin-left:0;width:100%}}\n"),
    STR_LIT("@media print{.long,pre.each{max-height:none;overflow:visible}:root{--bg:#fff;"
            "--card:#fff;--well:#fff;--ink:#000;--soft:#444;--line:#bbb;--critical:#a3123a;"
            "--high:#b3380f;--medium:#7d5400;--low:#1b5da6;--pass:#17693b;"
            "--unknown:#6a3ca1;--track:#ddd;--link:#000}body{font-size:11px}header,main,"
            "footer{max-width:none;padding:0}.skip,.more:not([open]){display:none}tr,pre,"
            ".cards li,.verdict{break-inside:avoid}h2,summary{break-after:avoid}*{"
            "-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n"),
};
/* clang-format on */

const size_t html_style_count = sizeof html_style / sizeof html_style[0];
