/* The main of a fuzz target where libFuzzer is not linked: runs the target once over every file of
 * the folders named, in the order of their names, or over a file named, and says how many there
 * were.
 *
 * No input at all is a failure: a corpus that got lost must not look like one that is clean. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A leading dot (., .., .gitkeep) is no input. */
static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool run_file(const char *path)
{
    uint8_t *data = NULL;
    FILE *file = NULL;
    long size = 0;
    bool ok = false;

    file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        goto cleanup;
    }
    // Exactly as large as the input, so that a read past its end is seen.
    data = malloc(size > 0 ? (size_t)size : 1);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        goto cleanup;
    }
    LLVMFuzzerTestOneInput(data, (size_t)size);
    ok = true;
cleanup:
    if (!ok) {
        perror(path);
    }
    if (file != NULL) {
        fclose(file);
    }
    free(data);
    return ok;
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0;

    for (int i = 1; i < argc; i++) {
        struct dirent **entries = NULL;
        int count = scandir(argv[i], &entries, is_input, alphasort);

        if (count < 0 && errno == ENOTDIR) {
            *(run_file(argv[i]) ? &passed : &failed) += 1;
        } else if (count < 0) {
            perror(argv[i]);
            failed++;
        }
        for (int k = 0; k < count; k++) {
            char path[4096];
            bool fits = snprintf(path, sizeof path, "%s/%s", argv[i], entries[k]->d_name) <
                        (int)sizeof path;
            *(fits && run_file(path) ? &passed : &failed) += 1;
            free(entries[k]);
        }
        free(entries);
    }
    if (passed == 0 && failed == 0) {
        fprintf(stderr, "no inputs\n");
        failed = 1;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
