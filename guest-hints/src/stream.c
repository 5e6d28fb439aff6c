#include "stream.h"
#include "cleanup.h"
#include "protocol.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };

int
stream_connect(void)
{
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (const struct sockaddr *) &address, sizeof address) < 0)
    {
      int cause = errno;
      close(fd);
      errno = cause;
      return -1;
    }
  return fd;
}

int
stream_listen(struct error *err)
{
  cleanup_close int other = stream_connect();
  if (other >= 0)
    return fail(err, 0, "another hotfoot-hintsd serves %s", SOCKET_PATH);
  unlink(SOCKET_PATH);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return fail(err, errno, "socket");
  umask(0177);
  if (bind(fd, (const struct sockaddr *) &address, sizeof address) < 0 || listen(fd, 4) < 0)
    {
      fail(err, errno, "%s", SOCKET_PATH);
      close(fd);
      return -1;
    }
  return fd;
}

void
stream_deadline(int fd, int seconds)
{
  struct timeval limit = { .tv_sec = seconds };
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

int
stream_send(int fd, const void *data, size_t size, struct error *err)
{
  const char *at = data;
  while (size > 0)
    {
      ssize_t done = send(fd, at, size, MSG_NOSIGNAL);
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return fail(err, errno == EAGAIN ? ETIMEDOUT : errno, "send");
      at += done;
      size -= (size_t) done;
    }
  return 0;
}

int
stream_receive(int fd, void *data, size_t size, struct error *err)
{
  char *at = data;
  while (size > 0)
    {
      ssize_t done = recv(fd, at, size, 0);
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return fail(err, errno == EAGAIN ? ETIMEDOUT : errno, "receive");
      if (done == 0)
        return fail(err, 0, "the other side hung up");
      at += done;
      size -= (size_t) done;
    }
  return 0;
}
