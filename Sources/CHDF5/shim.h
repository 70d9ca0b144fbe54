#pragma once
// Swift does not import macros that cast or call: each has a function here.
#include <hdf5.h>
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

static inline hid_t st_h5_object_reference(void) { return H5T_STD_REF_OBJ; }

static inline herr_t st_h5_refer(hobj_ref_t *reference, hid_t object) {
  return H5Rcreate(reference, object, ".", H5R_OBJECT, -1);
}

/// An axis that a dimension scale is attached to.
typedef struct {
  hobj_ref_t dataset;
  int dimension;
} st_h5_scale_use;

/// A new type of these; negative where it failed.
static inline hid_t st_h5_make_scale_use(void) {
  hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(st_h5_scale_use));
  if (type >= 0 &&
      (H5Tinsert(type, "dataset", HOFFSET(st_h5_scale_use, dataset), H5T_STD_REF_OBJ) < 0 ||
       H5Tinsert(type, "dimension", HOFFSET(st_h5_scale_use, dimension), H5T_NATIVE_INT) < 0)) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

static inline hid_t st_h5_default_stack(void) { return H5E_DEFAULT; }
