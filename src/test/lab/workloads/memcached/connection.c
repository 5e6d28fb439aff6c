#include "connection.h"

#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool
ends_with(const char *answer, size_t size, const char *end)
{
  size_t length = strlen(end);
  return size >= length && memcmp(answer + size - length, end, length) == 0;
}

static struct sockaddr_in6
parse(const char *address)
{
  struct sockaddr_in6 parsed = { .sin6_family = AF_INET6, .sin6_port = htons(11211) };
  char text[INET6_ADDRSTRLEN] = "";
  const char *zone = strchr(address, '%');
  size_t length = zone != NULL ? (size_t) (zone - address) : strlen(address);
  if (length < sizeof text)
    memcpy(text, address, length);
  if (inet_pton(AF_INET6, text, &parsed.sin6_addr) != 1)
    errx(1, "%s is no IPv6 address", address);
  if (zone != NULL && (parsed.sin6_scope_id = if_nametoindex(zone + 1)) == 0)
    err(1, "%s", zone + 1);
  return parsed;
}

int
connection_open(const char *address, int seconds)
{
  struct sockaddr_in6 to = parse(address);
  for (time_t end = time(NULL) + seconds;;)
    {
      int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
      if (fd >= 0 && connect(fd, (struct sockaddr *) &to, sizeof to) == 0)
        {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          return fd;
        }
      if (fd < 0 || time(NULL) >= end)
        err(1, "memcached at %s does not answer", address);
      close(fd);
      usleep(100000);
    }
}

void
connection_write(int fd, const char *data, size_t size)
{
  while (size > 0)
    {
      ssize_t written = write(fd, data, size);
      if (written <= 0)
        err(1, "the connection to memcached broke");
      data += written;
      size -= (size_t) written;
    }
}

size_t
request_get(char *request, uint64_t record)
{
  char key[KEY_BYTES + 1];
  record_key(key, record);
  return (size_t) sprintf(request, "get %s\r\n", key);
}

size_t
request_set(char *request, uint64_t record, uint64_t version, bool answered)
{
  char key[KEY_BYTES + 1];
  record_key(key, record);
  size_t head = (size_t) sprintf(request, "set %s 0 0 %d%s\r\n", key, VALUE_BYTES, answered ? "" : " noreply");
  record_value(request + head, record, version);
  memcpy(request + head + VALUE_BYTES, "\r\n", 2);
  return head + VALUE_BYTES + 2;
}

// What stands before the value.
static size_t
answer_head(char *head, uint64_t record)
{
  char key[KEY_BYTES + 1];
  record_key(key, record);
  return (size_t) sprintf(head, "VALUE %s 0 %d\r\n", key, VALUE_BYTES);
}

size_t
answer_length(void)
{
  char head[ANSWER_BYTES];
  return answer_head(head, 0) + VALUE_BYTES + strlen("\r\nEND\r\n");
}

bool
answer_is_whole(const char *answer, size_t size)
{
  // A value may hold anything, so its length decides, not what it ends with.
  if (size >= 6 && memcmp(answer, "VALUE ", 6) == 0)
    return size >= answer_length();
  return ends_with(answer, size, "\r\n");
}

void
answer_require(const char *answer, size_t size, uint64_t record)
{
  char head[ANSWER_BYTES];
  size_t length = answer_head(head, record);
  if (size != answer_length() || memcmp(answer, head, length) != 0)
    errx(1, "bad: record %llu is not there: %.*s", (unsigned long long) record, (int) (size < 40 ? size : 40), answer);
  if (!record_holds(answer + length, record))
    errx(1, "bad: record %llu is not what was written", (unsigned long long) record);
}
