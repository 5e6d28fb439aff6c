// Holds 32 MiB of memory whose content is known. `witness` holds it, `witness check` asks the holder whether it still
// is what it was: prints `ok <pages>`, or `bad <n> of <pages>` and exits with 1.
#include "pattern.h"
#include "question.h"

#include <err.h>
#include <string.h>
#include <sys/mman.h>

enum
{
  PAGES = 32 << 8,
};

static _Noreturn void
hold(void)
{
  void *memory = mmap(NULL, (size_t) PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    err(1, "%d pages", PAGES);
  uint64_t *words = memory;
  for (size_t i = 0; i < PAGES; i++)
    pattern_fill(words + i * PAGE_WORDS, i);
  int listener = question_listen("witness");
  for (;;)
    {
      char word[16];
      FILE *answer = question_wait(listener, word, sizeof word);
      size_t bad = 0;
      for (size_t i = 0; i < PAGES; i++)
        bad += !pattern_holds(words + i * PAGE_WORDS, i);
      answer_check(answer, bad, PAGES);
      fclose(answer);
    }
}

int
main(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "check") == 0)
    return question_ask("witness", "check");
  if (argc == 1)
    hold();
  errx(2, "usage: witness [check]");
}
