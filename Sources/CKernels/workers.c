// Threads that stay alive and share one piece of work after the other.
//
// A job is handed over through each worker's ticket: the caller fills in the job, then gives a ticket to every worker it
// needs; a worker that sees its ticket change does its part and counts itself off. Workers spin for some microseconds
// before they sleep, because the next product of a training step comes at once.
#define _GNU_SOURCE
#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

enum { MOST_WORKERS = 255, SPINS = 4000 };

struct worker {
    _Alignas(64) atomic_uint ticket;
    atomic_bool asleep;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

static struct worker workers[MOST_WORKERS];
static int alive;  // workers started so far; guarded by `caller`
static pthread_mutex_t caller = PTHREAD_MUTEX_INITIALIZER;

static struct {
    void (*body)(void *, int);
    void *context;
    _Alignas(64) atomic_int pending;
} job;

static inline void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void sleep_until_ticket(struct worker *self, unsigned seen)
{
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->asleep, true);
    while (atomic_load(&self->ticket) == seen) pthread_cond_wait(&self->wake, &self->lock);
    atomic_store(&self->asleep, false);
    pthread_mutex_unlock(&self->lock);
}

static void *work(void *argument)
{
    struct worker *self = argument;
    const int index = (int)(self - workers) + 1;
    unsigned seen = 0;
    for (;;) {
        for (int spin = 0; atomic_load_explicit(&self->ticket, memory_order_acquire) == seen; spin++) {
            if (spin < SPINS) pause_briefly();
            else sleep_until_ticket(self, seen);
        }
        seen++;
        job.body(job.context, index);
        atomic_fetch_sub_explicit(&job.pending, 1, memory_order_release);
    }
    return NULL;
}

static bool start_worker(struct worker *worker)
{
    atomic_init(&worker->ticket, 0);
    atomic_init(&worker->asleep, false);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, worker) != 0) return false;
    pthread_detach(thread);
    return true;
}

void fn_parallel(int count, void (*body)(void *context, int index), void *context)
{
    const bool alone = count < 2 || pthread_mutex_trylock(&caller) != 0;
    int helpers = 0;
    if (!alone) {
        const int wanted = count - 1 < MOST_WORKERS ? count - 1 : MOST_WORKERS;
        while (alive < wanted && start_worker(&workers[alive])) alive++;
        helpers = alive < wanted ? alive : wanted;
        job.body = body;
        job.context = context;
        atomic_store_explicit(&job.pending, helpers, memory_order_relaxed);
        for (int i = 0; i < helpers; i++) {
            struct worker *worker = &workers[i];
            atomic_fetch_add(&worker->ticket, 1);
            if (atomic_load(&worker->asleep)) {
                pthread_mutex_lock(&worker->lock);
                pthread_cond_signal(&worker->wake);
                pthread_mutex_unlock(&worker->lock);
            }
        }
    }
    if (count > 0) body(context, 0);
    for (int index = helpers + 1; index < count; index++) body(context, index);
    if (!alone) {
        for (int spin = 0; atomic_load_explicit(&job.pending, memory_order_acquire) > 0; spin++) {
            if (spin < SPINS) pause_briefly();
            else sched_yield();
        }
        pthread_mutex_unlock(&caller);
    }
}
