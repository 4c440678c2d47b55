/* folder_reader.h: one worker's way through the samples of folders: the provider's functions.
 *
 * Threads:   one reader per worker; the folders are immutable.
 *
 * Example:   folder_reader_provide(&folders);      // once all is listed */
#ifndef STUDY_FOLDER_READER_H
#define STUDY_FOLDER_READER_H

#include "study/sample_folders.h"

/* Fills folders->provider. */
void folder_reader_provide(struct folders *folders);

#endif
