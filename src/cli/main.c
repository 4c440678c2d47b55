/* A stand-in until the command table is here: it lets the build link. */
#include <stdio.h>

int main(void)
{
    (void)fputs("keywarden: the command line is not written yet\n", stderr);
    return 70;
}
