#include "question.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
local_socket(const char *name, struct sockaddr_un *address)
{
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    err(1, "socket");
  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  strncpy(address->sun_path + 1, name, sizeof address->sun_path - 2); // a first byte of 0: abstract, no file
  return fd;
}

int
question_listen(const char *name)
{
  struct sockaddr_un address;
  int fd = local_socket(name, &address);
  if (bind(fd, (struct sockaddr *) &address, sizeof address) < 0 || listen(fd, 4) < 0)
    err(1, "socket %s", name);
  return fd;
}

FILE *
question_wait(int listener, char *word, size_t size)
{
  for (;;)
    {
      int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (fd < 0)
        continue;
      struct timeval limit = { .tv_sec = 1 };
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      ssize_t got = recv(fd, word, size - 1, 0);
      FILE *answer = got > 0 ? fdopen(fd, "w") : NULL;
      if (answer != NULL)
        {
          word[got] = '\0';
          return answer;
        }
      close(fd);
    }
}

void
answer_check(FILE *to, size_t bad, size_t pages)
{
  if (bad == 0)
    fprintf(to, "ok %zu\n", pages);
  else
    fprintf(to, "bad %zu of %zu\n", bad, pages);
}

int
question_ask(const char *name, const char *word)
{
  struct sockaddr_un address;
  int fd = local_socket(name, &address);
  struct timeval limit = { .tv_sec = 60 };
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *) &address, sizeof address) < 0 || send(fd, word, strlen(word), 0) < 0)
    err(1, "%s does not run", name);
  char data[4096], beginning[4] = "";
  size_t total = 0;
  ssize_t got;
  while ((got = recv(fd, data, sizeof data, 0)) > 0)
    {
      if (total == 0)
        memcpy(beginning, data, got < 3 ? (size_t) got : 3);
      total += (size_t) got;
      fwrite(data, 1, (size_t) got, stdout);
    }
  if (got < 0)
    err(1, "no answer from %s", name);
  return total == 0 || strcmp(beginning, "bad") == 0;
}
