/// The arguments with which this program was started, its own name first; a count of -1 where the C library does not
/// pass them on.
struct fn_arguments {
  int count;
  char *const *start;
};

struct fn_arguments fn_arguments(void);
