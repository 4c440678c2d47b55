/* What the study's page adds to the style sheet of the audit's. */
#include "study/page_parts.h"

/* clang-format off */
const struct str page_style[] = {
    STR_LIT("figure{margin:0 0 16px}\n"),
    STR_LIT(".card>h3,.multiples h3{display:block;margin:6px 0 2px}\n"),
    STR_LIT("section>.card{margin-bottom:16px}\n"),
    STR_LIT(".answer{margin:4px 0 14px;max-width:76ch}\n"),
    STR_LIT("section>figure:first-of-type>.answer:first-child{font-size:16px;font-weight:600}"
            ".detail{margin:-8px 0 14px;max-width:76ch;color:var(--soft)}\n"),
    STR_LIT(".pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 16px;"
            "align-items:stretch}.pair>.card{margin-bottom:16px}\n"),
    STR_LIT(".on-phone{display:none}\n"),
    STR_LIT(".multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));"
            "gap:14px 20px;margin:8px 0 18px;padding:0;list-style:none}\n"),
    STR_LIT(".multiples li{min-width:0}.multiples svg{max-width:280px}.multiples h3{font-size:14px;white-space:nowrap;"
            "overflow:hidden;text-overflow:ellipsis}.multiples p{margin:0;font-size:13px}\n"),
    STR_LIT(".cards{grid-template-columns:repeat(4,1fr)}figure .more{margin-top:6px}.cards a{color:inherit;text-decoration:none}"
            ".cards a:hover{text-decoration:underline}.cards span{display:block;"
            "color:var(--soft);font-size:14px}\n"),
    STR_LIT("thead .n{white-space:normal;padding-left:8px}.t{padding-left:8px}.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"),
    STR_LIT(".other{color:var(--critical);font-weight:700}.note{min-width:200px;"
            "color:var(--soft);font-size:14px}td .soft,th .soft{font-weight:400;font-size:13px}\n"),
    STR_LIT("@media screen and (max-width:800px){.pair{grid-template-columns:minmax(0,1fr)}"
            ".cards{grid-template-columns:repeat(2,1fr)}.on-wide{display:none}.on-phone{display:block;max-width:620px}}\n"),
    STR_LIT("@media print{figure,.multiples li{break-inside:avoid}"
            ".scroll th,.scroll td{padding:3px 5px 3px 0;font-size:9px;white-space:normal}"
            ".scroll .name{min-width:0}.note{min-width:0}.card>h3,h3{font-size:13px}section>figure:first-of-type>"
            ".answer:first-child,.verdict{font-size:12px}.cards span,.detail{font-size:10px}"
            ".cards b{font-size:20px}h1{font-size:22px}h2{font-size:16px;margin-top:24px}}\n"),
};
/* clang-format on */

const size_t page_style_count = sizeof page_style / sizeof page_style[0];
