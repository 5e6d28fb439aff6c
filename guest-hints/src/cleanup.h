// Resources that end with their scope: `cleanup_close int fd = -1;`.
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
cleanup_closep(int *fd)
{
  if (*fd >= 0)
    close(*fd);
}

static inline void
cleanup_closedirp(DIR **dir)
{
  if (*dir != NULL)
    closedir(*dir);
}

static inline void
cleanup_fclosep(FILE **file)
{
  if (*file != NULL)
    fclose(*file);
}

static inline void
cleanup_freep(void *pointer)
{
  free(*(void **) pointer);
}

#define cleanup_close __attribute__((cleanup(cleanup_closep)))
#define cleanup_closedir __attribute__((cleanup(cleanup_closedirp)))
#define cleanup_fclose __attribute__((cleanup(cleanup_fclosep)))
#define cleanup_free __attribute__((cleanup(cleanup_freep)))
