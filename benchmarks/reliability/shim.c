/* Stands between a program and the C library's file operations, by LD_PRELOAD.
 *
 * Operations that change files under one folder are numbered from 1.  At one of them the
 * process is killed before, in the middle of, or after it; or it fails, once or from then on,
 * until the folder is no longer watched.  All of them can be written to a log, with what they
 * write, from which power.py works out what a power cut would leave.
 *
 * SQLite and Python are covered alike.  What is written through mmap is not seen: SQLite's
 * shared memory alone, which means nothing after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))next(#name))
#define FILES 4096

enum { NOTHING, KILL_BEFORE, KILL_WITHIN, KILL_AFTER, FAIL, FAIL_FROM };

static char root[PATH_MAX];
static size_t root_length;
static long target, count;
static int action, failure, log_file = -1;
static char watched[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* What a test calls, in the process to be watched; an empty folder ends the watching. */
void shim_watch(const char *folder, long nth, int what, int error, const char *log) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    target = nth, action = what, failure = error, count = 0;
    if (log_file >= 0) REAL(close)(log_file);
    log_file = -1;
    if (*log) log_file = REAL(open)(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
}

long shim_count(void) { return count; }

static int inside(const char *path) {
    return root_length && !strncmp(path, root, root_length) &&
           (path[root_length] == '/' || !path[root_length]);
}

static int is_watched(int file) { return root_length && file >= 0 && file < FILES && watched[file]; }

static void watch(int file, const char *path) {
    if (file >= 0 && file < FILES) watched[file] = inside(path);
}

/* A record of the log: kind, two numbers, two texts or one text and data. */
static void record(char kind, uint64_t file, int64_t at, const void *a, size_t an, const void *b,
                   size_t bn) {
    if (log_file < 0) return;
    struct { char kind; uint64_t file; int64_t at; uint64_t an, bn; } __attribute__((packed)) head =
        {kind, file, at, an, bn};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)a, an}, {(void *)b, bn}};
    if (REAL(writev)(log_file, parts, 3) < 0) abort();
}

static void die(void) {
    raise(SIGKILL);
    for (;;) pause();
}

/* Whether the operation that is about to be done is to fail; kills when its turn has come.
 * A full disk refuses nothing that needs no room. */
static int begin(int needs_room) {
    pthread_mutex_lock(&lock);
    long number = ++count;
    pthread_mutex_unlock(&lock);
    if (number == target && action == KILL_BEFORE) die();
    if (failure == ENOSPC && !needs_room) return 0;
    if ((number == target && action == FAIL) || (target && number >= target && action == FAIL_FROM)) {
        errno = failure;
        return 1;
    }
    return 0;
}

static void end(void) {
    if (target && count == target && (action == KILL_AFTER || action == KILL_WITHIN)) die();
}

static uint64_t inode(int file) {
    struct stat status;
    return fstat(file, &status) ? 0 : status.st_ino;
}

/* Files. */

static int opened(const char *path, int flags, mode_t mode) {
    struct stat before;
    int is_there = inside(path) && !stat(path, &before);
    int is_new = inside(path) && !is_there && flags & O_CREAT;
    int changes = is_new || (is_there && flags & O_TRUNC && before.st_size);
    if (changes && begin(is_new)) return -1;
    int file = REAL(open64)(path, flags, mode);
    watch(file, path);
    if (changes && file >= 0) {
        if (is_new) record('C', inode(file), 0, path, strlen(path), 0, 0);
        else record('T', inode(file), 0, 0, 0, 0, 0);
        end();
    }
    return file;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        return opened(path, flags | O_LARGEFILE, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    if (file >= 0 && file < FILES) watched[file] = 0;
    return REAL(close)(file);
}

/* Writing.  A write that is stopped in its middle has written half. */

static ssize_t written(int file, const void *data, size_t size, off64_t at, int moves) {
    __typeof__(&pwrite64) put_at = REAL(pwrite64);
    __typeof__(&write) put = REAL(write);
    if (!is_watched(file)) {
        if (file == 1) record('A', 0, 0, 0, 0, data, size);
        return moves ? put(file, data, size) : put_at(file, data, size, at);
    }
    if (moves) {
        struct stat status;
        at = fcntl(file, F_GETFL) & O_APPEND && !fstat(file, &status) ? status.st_size
                                                                      : lseek64(file, 0, SEEK_CUR);
    }
    int fails = begin(1);
    size_t half = size;
    if (count == target && (action == KILL_WITHIN || action >= FAIL)) half = size / 2;
    if (fails && !half) return errno = failure, -1;
    if (fails && count > target) return errno = failure, -1;
    /* A full disk takes what it has room for; the next write is told that there is no more. */
    ssize_t done = moves ? put(file, data, half) : put_at(file, data, half, at);
    if (fails && action == FAIL) return errno = failure, -1;
    if (done > 0) record('W', inode(file), at, 0, 0, data, done);
    end();
    return done;
}

ssize_t write(int file, const void *data, size_t size) { return written(file, data, size, 0, 1); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return written(file, data, size, at, 0); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) { return written(file, data, size, at, 0); }

ssize_t writev(int file, const struct iovec *parts, int number) {
    if (!is_watched(file)) return REAL(writev)(file, parts, number);
    ssize_t all = 0;
    for (int i = 0; i < number; i++) {
        ssize_t done = write(file, parts[i].iov_base, parts[i].iov_len);
        if (done < 0) return all ? all : -1;
        all += done;
    }
    return all;
}

static int truncated(int file, off64_t size) {
    if (!is_watched(file)) return REAL(ftruncate64)(file, size);
    struct stat before;
    if (begin(!fstat(file, &before) && size > before.st_size)) return -1;
    int result = REAL(ftruncate64)(file, size);
    if (!result) record('T', inode(file), size, 0, 0, 0, 0);
    end();
    return result;
}

int ftruncate(int file, off_t size) { return truncated(file, size); }
int ftruncate64(int file, off64_t size) { return truncated(file, size); }

static int synced(int file, int (*sync)(int)) {
    if (!is_watched(file)) return sync(file);
    if (begin(1)) return -1;
    int result = sync(file);
    if (!result) record('S', inode(file), 0, 0, 0, 0, 0);
    end();
    return result;
}

int fsync(int file) { return synced(file, REAL(fsync)); }
int fdatasync(int file) { return synced(file, REAL(fdatasync)); }

/* Names. */

#define NAMED(kind, path, second, room, call) \
    if (!inside(path)) return call; \
    if (begin(room)) return -1; \
    int result = call; \
    if (!result) record(kind, 0, 0, path, strlen(path), second, strlen(second)); \
    end(); \
    return result;

int rename(const char *from, const char *to) { NAMED('R', from, to, 1, REAL(rename)(from, to)) }
int link(const char *from, const char *to) { NAMED('L', from, to, 1, REAL(link)(from, to)) }
int unlink(const char *path) { NAMED('U', path, "", 0, REAL(unlink)(path)) }
int rmdir(const char *path) { NAMED('U', path, "", 0, REAL(rmdir)(path)) }

int mkdir(const char *path, mode_t mode) {
    if (!inside(path)) return REAL(mkdir)(path, mode);
    struct stat status;
    if (!stat(path, &status)) return errno = EEXIST, -1;
    if (begin(1)) return -1;
    int result = REAL(mkdir)(path, mode);
    if (!result && !stat(path, &status)) record('M', status.st_ino, 0, path, strlen(path), 0, 0);
    end();
    return result;
}
