#pragma once
// Swift does not import macros that cast or call: each has a function here.
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdint.h>
#include <string.h>

static inline unsigned st_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned st_h5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t st_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t st_h5_all(void) { return H5S_ALL; }

static inline hid_t st_h5_file_creation(void) { return H5P_FILE_CREATE; }
static inline hid_t st_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t st_h5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t st_h5_dataset_creation(void) { return H5P_DATASET_CREATE; }

static inline hid_t st_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t st_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t st_h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t st_h5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t st_h5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t st_h5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t st_h5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t st_h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t st_h5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t st_h5_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t st_h5_int32(void) { return H5T_STD_I32LE; }
static inline hid_t st_h5_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t st_h5_text(void) { return H5T_C_S1; }
static inline size_t st_h5_variable_size(void) { return H5T_VARIABLE; }

static inline hid_t st_h5_default_stack(void) { return H5E_DEFAULT; }

/// The H5L_type_t of a link, or a negative number. (H5L_info_t differs between versions.)
static inline int st_h5_link_type(hid_t group, const char *name) {
  H5L_info_t info;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
  return (int)info.type;
}

/// Where an open object lies in its file, as 16 bytes that no other object of the file has.
static inline herr_t st_h5_address(hid_t object, uint64_t address[2]) {
  address[0] = address[1] = 0;
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info;
  herr_t result = H5Oget_info3(object, &info, H5O_INFO_BASIC);
  if (result >= 0) memcpy(address, &info.token, sizeof info.token);
#else
  H5O_info_t info;
  herr_t result = H5Oget_info2(object, &info, H5O_INFO_BASIC);
  if (result >= 0) address[0] = info.addr;
#endif
  return result;
}

typedef void (*st_h5_visit)(void *context, const char *name);

typedef struct {
  st_h5_visit visit;
  void *context;
} st_h5_visitor;

static inline herr_t st_h5_visit_link(hid_t group, const char *name, const H5L_info_t *info,
                                      void *visitor) {
  (void)group, (void)info;
  ((st_h5_visitor *)visitor)->visit(((st_h5_visitor *)visitor)->context, name);
  return 0;
}

/// Calls visit with the name of every link of a group, in the names' order.
static inline herr_t st_h5_visit_links(hid_t group, st_h5_visit visit, void *context) {
  st_h5_visitor visitor = {visit, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, st_h5_visit_link, &visitor);
}

static inline herr_t st_h5_visit_attribute(hid_t object, const char *name, const H5A_info_t *info,
                                           void *visitor) {
  (void)object, (void)info;
  ((st_h5_visitor *)visitor)->visit(((st_h5_visitor *)visitor)->context, name);
  return 0;
}

/// Calls visit with the name of every attribute of an object, in the names' order.
static inline herr_t st_h5_visit_attributes(hid_t object, st_h5_visit visit, void *context) {
  st_h5_visitor visitor = {visit, context};
  return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, st_h5_visit_attribute, &visitor);
}
