/* A PKCS#11 library that passes every call on to another one, and gives trouble where a file in the
   folder of the token says so: `slow` makes each signature take two seconds, `full` lets no session
   be opened any more. The places in the list of functions are those of PKCS#11 v2.40. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CKR_GENERAL_ERROR 0x05UL
#define CKR_SESSION_COUNT 0xB1UL
#define OPEN_SESSION 12
#define SIGN 43
#define FUNCTIONS 68

struct list {
    unsigned char version[2];
    void *functions[FUNCTIONS];
};

typedef unsigned long (*open_session_t)(unsigned long, unsigned long, void *, void *, void *);
typedef unsigned long (*sign_t)(unsigned long, void *, unsigned long, void *, void *);

static struct list *real;
static struct list troubled;

static int is(const char *trouble) {
    char path[4096];
    const char *folder = getenv("NUNCIO_TEST_TOKEN");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", trouble);
    return access(path, F_OK) == 0;
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
    *out = &troubled;
    return 0;
}
