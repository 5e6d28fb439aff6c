// How a program in the guest is asked about its memory: a word over a local socket, an answer, the end.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Listens on the abstract socket `name`; exits the process on failure.
int question_listen(const char *name);

// Waits for the next question, at most `size` - 1 bytes, and returns the stream to answer on.
FILE *question_wait(int listener, char *word, size_t size);

// Answers with `ok <pages>` or `bad <n> of <pages>`.
void answer_check(FILE *to, size_t bad, size_t pages);

// Asks `word` of socket `name`, copies the answer to standard output; the exit status for the asking program: 0, or 1 where
// the answer begins with `bad`, is empty or did not come within a minute.
int question_ask(const char *name, const char *word);
