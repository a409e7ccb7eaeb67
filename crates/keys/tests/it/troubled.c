/* A PKCS#11 library that passes every call on to another one, and gives trouble where a file in the
   folder of the token says so: `slow` makes each signature take two seconds, `full` lets no session
   be opened any more, `stale` says until the library is started again that the token has no PIN. The
   places in the list of functions are those of PKCS#11 v2.40. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CKR_GENERAL_ERROR 0x05UL
#define CKR_SESSION_COUNT 0xB1UL
#define CKR_USER_PIN_NOT_INITIALIZED 0x102UL
#define FINALIZE 1
#define OPEN_SESSION 12
#define LOGIN 18
#define SIGN 43
#define FUNCTIONS 68

struct list {
    unsigned char version[2];
    void *functions[FUNCTIONS];
};

typedef unsigned long (*open_session_t)(unsigned long, unsigned long, void *, void *, void *);
typedef unsigned long (*finalize_t)(void *);
typedef unsigned long (*login_t)(unsigned long, unsigned long, void *, unsigned long);
typedef unsigned long (*sign_t)(unsigned long, void *, unsigned long, void *, void *);

static struct list *real;
static struct list troubled;

static const char *file(const char *trouble) {
    static _Thread_local char path[4096];
    const char *folder = getenv("NUNCIO_TEST_TOKEN");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", trouble);
    return path;
}

static int is(const char *trouble) { return access(file(trouble), F_OK) == 0; }

static unsigned long finalize(void *reserved) {
    if (is("stale")) unlink(file("stale"));
    return ((finalize_t)real->functions[FINALIZE])(reserved);
}

static unsigned long login(unsigned long session, unsigned long user, void *pin,
                           unsigned long length) {
    if (is("stale")) return CKR_USER_PIN_NOT_INITIALIZED;
    return ((login_t)real->functions[LOGIN])(session, user, pin, length);
}

static unsigned long open_session(unsigned long slot, unsigned long flags, void *application,
                                  void *notify, void *session) {
    if (is("full")) return CKR_SESSION_COUNT;
    return ((open_session_t)real->functions[OPEN_SESSION])(slot, flags, application, notify, session);
}

static unsigned long sign(unsigned long session, void *data, unsigned long length, void *signature,
                          void *signature_length) {
    if (is("slow")) sleep(2);
    return ((sign_t)real->functions[SIGN])(session, data, length, signature, signature_length);
}

unsigned long C_GetFunctionList(struct list **out) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    unsigned long (*get)(struct list **) = library ? dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != 0) return CKR_GENERAL_ERROR;
    troubled = *real;
    troubled.functions[OPEN_SESSION] = open_session;
    troubled.functions[SIGN] = sign;
    troubled.functions[FINALIZE] = finalize;
    troubled.functions[LOGIN] = login;
    *out = &troubled;
    return 0;
}
