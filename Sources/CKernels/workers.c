// Threads that stay alive and share one piece of work after the other.
//
// Work is handed over through each worker's ticket: the caller says what is to be done, then gives a ticket to every worker
// it needs; a worker that sees its ticket change does its part and counts itself off. Who waits spins for some microseconds,
// because the next step of training comes at once, then lets others run, who may be those that it waits for on a busy machine;
// a worker without work sleeps in the end.
#define _GNU_SOURCE
#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

// Asking for a thread that the system refuses takes longer than a small step of training, so after a refusal this many teams do
// without.
enum { MOST_WORKERS = 255, SPINS = 600, YIELDS = 200, TEAMS_AFTER_REFUSAL = 10000 };

struct worker {
    _Alignas(64) atomic_uint ticket;
    atomic_bool asleep;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

static struct worker workers[MOST_WORKERS];
static int alive;            // workers started so far; guarded by `caller`
static int teams_until_ask;  // teams that do without before threads are asked for again; guarded by `caller`
static pthread_mutex_t caller = PTHREAD_MUTEX_INITIALIZER;

static struct {
    void (*body)(void *, int, int);
    void *context;
    int size;
    _Alignas(64) atomic_int pending;
    _Alignas(64) atomic_int arrived;  // at the meeting under way
    _Alignas(64) atomic_uint meeting;
} team;

static inline void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline void wait_a_moment(int spin)
{
    if (spin < SPINS) pause_briefly();
    else sched_yield();
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
            if (spin < SPINS + YIELDS) wait_a_moment(spin);
            else sleep_until_ticket(self, seen);
        }
        seen++;
        team.body(team.context, index, team.size);
        atomic_fetch_sub_explicit(&team.pending, 1, memory_order_release);
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
    if (pthread_create(&thread, NULL, work, worker) != 0) {
        pthread_mutex_destroy(&worker->lock);
        pthread_cond_destroy(&worker->wake);
        return false;
    }
    pthread_detach(thread);
    return true;
}

static void start_workers(int wanted)
{
    if (alive >= wanted) return;
    if (teams_until_ask > 0) {
        teams_until_ask--;
        return;
    }
    while (alive < wanted && start_worker(&workers[alive])) alive++;
    if (alive < wanted) teams_until_ask = TEAMS_AFTER_REFUSAL;
}

int fn_team(int maximum, void (*body)(void *context, int index, int size), void *context)
{
    if (maximum < 2 || pthread_mutex_trylock(&caller) != 0) {
        body(context, 0, 1);
        return 1;
    }
    const int wanted = maximum - 1 < MOST_WORKERS ? maximum - 1 : MOST_WORKERS;
    start_workers(wanted);
    const int helpers = alive < wanted ? alive : wanted;
    team.body = body;
    team.context = context;
    team.size = helpers + 1;
    atomic_store_explicit(&team.pending, helpers, memory_order_relaxed);
    for (int i = 0; i < helpers; i++) {
        struct worker *worker = &workers[i];
        atomic_fetch_add(&worker->ticket, 1);
        if (atomic_load(&worker->asleep)) {
            pthread_mutex_lock(&worker->lock);
            pthread_cond_signal(&worker->wake);
            pthread_mutex_unlock(&worker->lock);
        }
    }
    body(context, 0, helpers + 1);
    for (int spin = 0; atomic_load_explicit(&team.pending, memory_order_acquire) > 0; spin++) wait_a_moment(spin);
    pthread_mutex_unlock(&caller);
    return helpers + 1;
}

void fn_meet(int size)
{
    if (size < 2) return;
    const unsigned meeting = atomic_load_explicit(&team.meeting, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&team.arrived, 1, memory_order_acq_rel) == size - 1) {
        atomic_store_explicit(&team.arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&team.meeting, meeting + 1, memory_order_release);
        return;
    }
    for (int spin = 0; atomic_load_explicit(&team.meeting, memory_order_acquire) == meeting; spin++) wait_a_moment(spin);
}
