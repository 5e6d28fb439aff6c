// Unix stream sockets whose every wait is bounded.
#pragma once

#include "error.h"

#include <stddef.h>

// Connects to SOCKET_PATH. Returns the socket. An error of the system is left in errno for the caller to judge.
int stream_connect(void);

// Listens on SOCKET_PATH, for root only. A socket that a daemon left behind is replaced, one that is in use is an error.
int stream_listen(struct error *err);

// How long a single send or receive may wait.
void stream_deadline(int fd, int seconds);

// Both fail when a wait takes too long or the peer hangs up.
int stream_send(int fd, const void *data, size_t size, struct error *err);
int stream_receive(int fd, void *data, size_t size, struct error *err);
