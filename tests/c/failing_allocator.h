/* The allocator of failing.h in the place of the system's. The sources of the core are compiled with this header before
 * everything else, once for all programs, also those that never run out of memory. */
#ifndef FAILING_ALLOCATOR_H
#define FAILING_ALLOCATOR_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

void *failing_malloc(size_t size);
void *failing_calloc(size_t count, size_t size);
void *failing_realloc(void *memory, size_t size);
void *failing_aligned_alloc(size_t alignment, size_t size);
void counted_free(void *memory);
int failing_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

#define malloc(size) failing_malloc(size)
#define calloc(count, size) failing_calloc(count, size)
#define realloc(memory, size) failing_realloc(memory, size)
#define aligned_alloc(alignment, size) failing_aligned_alloc(alignment, size)
#define free(memory) counted_free(memory)
#define pthread_create failing_create

#endif
