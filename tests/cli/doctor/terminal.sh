# What it says of the terminal: colour, width, and how text is encoded.
. "$CASES/doctor-lib"
terminal() { doctor "$@" | sed -n '/^TERMINAL/,/^$/p'; }
terminal TERM=dumb LANG=de_DE.utf8
terminal TERM=xterm LANG=de_DE.UTF-8 LC_ALL=POSIX
terminal TERM=xterm LC_CTYPE=C.UTF-8 NO_COLOR=1
# On a terminal: colours, and lines of its width.
python3 - "$program" <<'.'
import fcntl, os, pty, struct, sys, termios
child, fd = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    os.execve(sys.argv[1], ["keywarden", "doctor"], {"TERM": "xterm", "LC_ALL": "C.UTF-8"})
text = b""
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    text += piece
os.waitpid(child, 0)
text = text.decode().replace("\r", "")
lines = text.split("\n")
for title, count in ("TERMINAL", 4), ("sign-in", 4):
    at = next(i for i, line in enumerate(lines) if title in line)
    print(*(line.replace("\x1b", "ESC") for line in lines[at : at + count]), sep="\n")
.
