#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
fail(struct error *err, int errnum, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(err->message, sizeof err->message, format, args);
  va_end(args);
  if (errnum != 0)
    {
      size_t used = strlen(err->message);
      snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(errnum));
    }
  return -1;
}
