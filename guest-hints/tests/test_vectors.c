// The hint format's reader and writer, held against docs/hint-vectors.
#include "../src/crc32c.h"
#include "../src/hint_set.h"
#include "../src/roaring.h"
#include "check.h"

#include <errno.h>
#include <string.h>

static int
note_section(void *context, const struct hint_section *section, struct error *err)
{
  (void) err;
  struct seen *seen = context;
  size_t used = strlen(seen->content);
  snprintf(seen->content + used, sizeof seen->content - used, "%s%u/%u/%u/%u/%u", used > 0 ? " " : "", section->class,
           section->heat, section->pages, section->first, section->last);
  seen->ranks[seen->sections++] = (struct hint_rank){ section->class, section->heat };
  return 0;
}

static struct buffer
load(const char *folder, const char *name)
{
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  struct buffer data = { 0 };
  struct error err;
  cleanup_fclose FILE *file = fopen(path, "rb");
  CHECK(file != NULL && buffer_read_file(&data, file, HINT_BYTES_MAX + 1, &err) == 0, "%s: %s", path, strerror(errno));
  return data;
}

static void
test_good(const char *name, const struct buffer *data, const char *content)
{
  struct seen seen = { 0 };
  struct error err = { "" };
  CHECK(hint_set_read(data->data, data->size, &seen.info, note_section, &seen, &err) == 0, "%s: %s", name, err.message);
  CHECK(strcmp(seen.content, content) == 0, "%s: read %s, expected %s", name, seen.content, content);
}

static void
test_bad(const char *name, const struct buffer *data, const char *field)
{
  struct seen seen = { 0 };
  struct error err = { "" };
  int result = hint_set_read(data->data, data->size, &seen.info, note_section, &seen, &err);
  size_t length = strlen(field);
  CHECK(result < 0 && strncmp(err.message, field, length) == 0 && err.message[length] == ':',
        "%s: \"%s\", expected an error of %s", name, err.message, field);
}

struct tagging
{
  uint8_t *tags;
  uint8_t tag;
};

static int
tag_run(void *context, uint32_t first, uint32_t count, struct error *err)
{
  (void) err;
  struct tagging *tagging = context;
  memset(tagging->tags + first, tagging->tag, count);
  return 0;
}

// The writer makes the same bytes of the same content.
static void
test_rewrite(const char *name, const struct buffer *data)
{
  struct seen seen = { 0 };
  struct error err = { "" };
  if (data->data == NULL || hint_set_read(data->data, data->size, &seen.info, note_section, &seen, &err) < 0
      || seen.info.frames > 1 << 20)
    return; // a tag for each of 2^28 frames is too much for a unit test
  cleanup_free uint8_t *tags = calloc(seen.info.frames, 1);
  const uint8_t *at = data->data + 40;
  for (size_t i = 0; i < seen.sections; i++)
    {
      size_t used;
      roaring_read(at + 12, get_u32(at + 8), tag_run, &(struct tagging){ tags, (uint8_t) (i + 1) }, &used, &err);
      at += 12 + used;
    }
  cleanup_buffer struct buffer again = { 0 };
  CHECK(hint_set_write(&again, &seen.info, seen.ranks, seen.sections, tags, &err) == 0, "%s: %s", name, err.message);
  CHECK(again.size == data->size && memcmp(again.data, data->data, data->size) == 0, "%s: written differently", name);
}

// Random damage, under a checksum that is right again: the reader may say what it likes, the sanitizers may not.
static void
test_damaged(const struct buffer *data)
{
  if (data->size <= 44) // no section
    return;
  cleanup_free uint8_t *copy = malloc(data->size);
  uint32_t random = 1;
  for (int round = 0; round < 100; round++)
    {
      memcpy(copy, data->data, data->size);
      for (int i = 0; i < 1 + round % 4; i++)
        {
          random = random * 1664525 + 1013904223;
          size_t limit = round % 2 ? data->size : 120; // half of it where the headers are
          copy[(random >> 8) % (limit < data->size ? limit : data->size)] = (uint8_t) (random >> 3);
        }
      uint32_t crc = crc32c(copy, data->size - 4);
      memcpy(copy + data->size - 4, &crc, sizeof crc);
      struct seen seen = { 0 };
      struct error err = { "" };
      int result = hint_set_read(copy, data->size, &seen.info, note_section, &seen, &err);
      CHECK(result == 0 || err.message[0] != '\0', "an error without a message");
    }
}

void
test_vectors(const char *folder)
{
  static const uint8_t digits[] = "123456789"; // the check value of every catalogue of CRCs
  CHECK(crc32c(digits, 9) == 0xe3069283, "crc32c is %08x", crc32c(digits, 9));

  cleanup_buffer struct buffer index = load(folder, "vectors.tsv");
  struct error err;
  if (buffer_reserve(&index, 1, &err) < 0)
    return;
  put_u8(&index, '\0');
  int vectors = 0;
  char *line = strtok((char *) index.data, "\n");
  for (; line != NULL; line = strtok(NULL, "\n"), vectors++)
    {
      char *name = strsep(&line, "\t"), *result = strsep(&line, "\t"), *content = line;
      cleanup_buffer struct buffer data = load(folder, name);
      if (strcmp(result, "ok") == 0)
        {
          test_good(name, &data, content);
          test_rewrite(name, &data);
        }
      else
        test_bad(name, &data, result);
      test_damaged(&data);
    }
  CHECK(vectors > 50, "%d vectors", vectors);
}
