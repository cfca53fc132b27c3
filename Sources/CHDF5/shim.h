// What is read of HDF5, as functions: the names of the library are macros, which Swift does not see.

#include <hdf5.h>
#include <stdint.h>

/// A file to read; negative where it cannot be opened. The library's own messages are silenced, and it tidies nothing up when
/// the program ends: after damaged files it cannot, and says so.
static inline int64_t fn_hdf5_open(const char *path) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, 0, 0);
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

static inline void fn_hdf5_close(int64_t file) { H5Fclose((hid_t)file); }

/// The size of a file in bytes.
static inline uint64_t fn_hdf5_file_size(int64_t file) {
  hsize_t size = 0;
  return H5Fget_filesize((hid_t)file, &size) < 0 ? 0 : size;
}

/// The first cause on the library's list of errors.
static inline herr_t fn_hdf5_first_cause(unsigned index, const H5E_error2_t *error, void *target) {
  if (index == 0) *(const char **)target = error->desc;
  return 0;
}

/// Why the latest call failed, in at most `size - 1` bytes and a zero; to be asked before any other call.
static inline void fn_hdf5_cause(char *text, uint64_t size) {
  const char *cause = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, fn_hdf5_first_cause, &cause);
  if (!cause) cause = "an unknown reason";
  uint64_t length = 0;
  while (length + 1 < size && cause[length]) {
    text[length] = cause[length];
    length++;
  }
  text[length] = 0;
}

// MARK: Groups

/// A group or data set under a name; negative where there is none.
static inline int64_t fn_hdf5_object(int64_t place, const char *name) {
  return H5Oopen((hid_t)place, name, H5P_DEFAULT);
}

/// Whether a group has an object of its own under a name, not a link to somewhere else.
static inline int fn_hdf5_is_own(int64_t group, const char *name) {
  H5L_info_t info;
  return H5Lget_info((hid_t)group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

static inline void fn_hdf5_close_object(int64_t object) { H5Oclose((hid_t)object); }
static inline int fn_hdf5_is_group(int64_t object) { return H5Iget_type((hid_t)object) == H5I_GROUP; }
static inline int fn_hdf5_is_data_set(int64_t object) { return H5Iget_type((hid_t)object) == H5I_DATASET; }

/// A number by which two objects of one file are the same or not.
static inline uint64_t fn_hdf5_identity(int64_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  return H5Oget_info1((hid_t)object, &info) < 0 ? 0 : info.addr;
}

static inline uint64_t fn_hdf5_member_count(int64_t group) {
  H5G_info_t info;
  return H5Gget_info((hid_t)group, &info) < 0 ? 0 : info.nlinks;
}

/// The name of a member, at most `size - 1` bytes and a zero; returns its length, negative where it cannot be read.
static inline int64_t fn_hdf5_member_name(int64_t group, uint64_t index, char *name, uint64_t size) {
  return H5Lget_name_by_idx((hid_t)group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, size, H5P_DEFAULT);
}

// MARK: Data sets

/// What the elements of a data set are.
enum fn_hdf5_class {
  fn_hdf5_integer, fn_hdf5_float, fn_hdf5_enumeration, fn_hdf5_text, fn_hdf5_record, fn_hdf5_other
};

struct fn_hdf5_type {
  enum fn_hdf5_class class_;
  int is_unsigned;
  uint64_t size;  // of one element, in bytes
};

static inline struct fn_hdf5_type fn_hdf5_element_type(int64_t data_set) {
  struct fn_hdf5_type result = {fn_hdf5_other, 0, 0};
  hid_t type = H5Dget_type((hid_t)data_set);
  if (type < 0) return result;
  result.size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
  case H5T_INTEGER:
    result.class_ = fn_hdf5_integer;
    result.is_unsigned = H5Tget_sign(type) == H5T_SGN_NONE;
    break;
  case H5T_FLOAT: result.class_ = fn_hdf5_float; break;
  case H5T_ENUM: result.class_ = fn_hdf5_enumeration; break;
  case H5T_STRING: result.class_ = fn_hdf5_text; break;
  case H5T_COMPOUND: result.class_ = fn_hdf5_record; break;
  default: break;
  }
  H5Tclose(type);
  return result;
}

/// The number of dimensions of a data set, and their lengths; negative where there are more than 32 or it has no elements
/// by definition.
static inline int fn_hdf5_shape(int64_t data_set, uint64_t lengths[32]) {
  hid_t space = H5Dget_space((hid_t)data_set);
  if (space < 0) return -1;
  hsize_t found[32];
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank > 32 || H5Sget_simple_extent_type(space) == H5S_NULL) rank = -1;
  if (rank >= 0 && H5Sget_simple_extent_dims(space, found, 0) != rank) rank = -1;
  for (int i = 0; i < rank; i++) lengths[i] = found[i];
  H5Sclose(space);
  return rank;
}

/// The bytes that a data set takes in its file.
static inline uint64_t fn_hdf5_stored_size(int64_t data_set) { return H5Dget_storage_size((hid_t)data_set); }

/// Whether elements are in other files: nothing of a data set that refers to such is read.
static inline int fn_hdf5_is_elsewhere(int64_t data_set) {
  hid_t properties = H5Dget_create_plist((hid_t)data_set);
  if (properties < 0) return 0;
  int result = H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) > 0;
  H5Pclose(properties);
  return result;
}

/// The first filter of a data set that this library has not; false where it has all. At most `size - 1` bytes of its name and
/// a zero are written.
static inline int fn_hdf5_lacks_filter(int64_t data_set, char *name, uint64_t size) {
  hid_t properties = H5Dget_create_plist((hid_t)data_set);
  if (properties < 0) return 0;
  int result = 0;
  for (int i = 0; i < H5Pget_nfilters(properties) && !result; i++) {
    size_t count = 0;
    unsigned flags = 0, configuration = 0;
    H5Z_filter_t filter = H5Pget_filter2(properties, (unsigned)i, &flags, &count, 0, size, name, &configuration);
    result = filter >= 0 && H5Zfilter_avail(filter) <= 0;
  }
  H5Pclose(properties);
  return result;
}

/// Whether elements that were never written have a value.
static inline int fn_hdf5_has_fill_value(int64_t data_set) {
  hid_t properties = H5Dget_create_plist((hid_t)data_set);
  if (properties < 0) return 0;
  H5D_fill_value_t status = H5D_FILL_VALUE_UNDEFINED;
  H5D_fill_time_t time = H5D_FILL_TIME_IFSET;
  int result = H5Pfill_value_defined(properties, &status) >= 0 && status != H5D_FILL_VALUE_UNDEFINED &&
               H5Pget_fill_time(properties, &time) >= 0 && time != H5D_FILL_TIME_NEVER;
  H5Pclose(properties);
  return result;
}

/// Reads all elements, each converted; negative where that fails.
static inline int fn_hdf5_read_bytes(int64_t data_set, unsigned char *target) {
  return H5Dread((hid_t)data_set, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, target);
}
static inline int fn_hdf5_read_doubles(int64_t data_set, double *target) {
  return H5Dread((hid_t)data_set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, target);
}
