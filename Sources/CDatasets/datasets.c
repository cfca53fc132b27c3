#include "CDatasets.h"

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed
#endif

static const unsigned char digits[] = {
#embed "../../datasets/digits.csv"
};

static const unsigned char iris[] = {
#embed "../../datasets/iris.csv"
};

static const unsigned char xor_[] = {
#embed "../../datasets/xor.csv"
};

struct fn_file fn_digits_csv(void) { return (struct fn_file){digits, sizeof digits}; }
struct fn_file fn_iris_csv(void) { return (struct fn_file){iris, sizeof iris}; }
struct fn_file fn_xor_csv(void) { return (struct fn_file){xor_, sizeof xor_}; }
