#pragma once
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>

// oneDNN's versions 2 and 3 describe memory and convolutions by different functions. What Stipple needs of them has
// one name here, in the manner of version 3: a layout is behind a pointer, and one call describes a convolution.

#if DNNL_VERSION_MAJOR < 2 || (DNNL_VERSION_MAJOR == 2 && DNNL_VERSION_MINOR < 2)
#error "this is oneDNN before version 2.2, which Stipple needs"
#endif

/// How a tensor lies in memory: oneDNN's memory descriptor.
typedef struct st_layout st_layout;

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t st_descriptor;
typedef const_dnnl_memory_desc_t st_const_descriptor;
#else
typedef dnnl_memory_desc_t *st_descriptor;
typedef const dnnl_memory_desc_t *st_const_descriptor;

/// Puts a descriptor behind a pointer, if making it was a success.
static inline dnnl_status_t st_layout_create(st_layout **layout, st_const_descriptor it,
                                             dnnl_status_t status) {
  if (status != dnnl_success) return status;
  st_descriptor copy = malloc(sizeof *copy);
  if (!copy) return dnnl_out_of_memory;
  *copy = *it;
  *layout = (st_layout *)copy;
  return dnnl_success;
}
#endif

static inline dnnl_status_t st_layout_by_strides(st_layout **layout, int axes,
                                                 const dnnl_dim_t *sizes, dnnl_data_type_t type,
                                                 const dnnl_dim_t *strides) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_strides((st_descriptor *)layout, axes, sizes, type, strides);
#else
  dnnl_memory_desc_t it;
  dnnl_status_t status = dnnl_memory_desc_init_by_strides(&it, axes, sizes, type, strides);
  return st_layout_create(layout, &it, status);
#endif
}

static inline dnnl_status_t st_layout_by_tag(st_layout **layout, int axes, const dnnl_dim_t *sizes,
                                             dnnl_data_type_t type, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_tag((st_descriptor *)layout, axes, sizes, type, tag);
#else
  dnnl_memory_desc_t it;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&it, axes, sizes, type, tag);
  return st_layout_create(layout, &it, status);
#endif
}

/// A copy of the layout of one of a primitive's arguments.
static inline dnnl_status_t st_layout_of_argument(st_layout **layout,
                                                  const_dnnl_primitive_desc_t primitive,
                                                  dnnl_query_t argument) {
  st_const_descriptor it = dnnl_primitive_desc_query_md(primitive, argument, 0);
  if (!it) return dnnl_invalid_arguments;
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_clone((st_descriptor *)layout, it);
#else
  return st_layout_create(layout, it, dnnl_success);
#endif
}

static inline void st_layout_destroy(st_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_destroy((st_descriptor)layout);
#else
  free(layout);
#endif
}

static inline size_t st_layout_bytes(const st_layout *layout) {
  return dnnl_memory_desc_get_size((st_const_descriptor)layout);
}

static inline int st_layout_equal(const st_layout *a, const st_layout *b) {
  return dnnl_memory_desc_equal((st_const_descriptor)a, (st_const_descriptor)b);
}

/// Memory of a layout; a null `place` is given later.
static inline dnnl_status_t st_memory_create(dnnl_memory_t *memory, const st_layout *layout,
                                             dnnl_engine_t engine, void *place) {
  return dnnl_memory_create(memory, (st_const_descriptor)layout, engine, place);
}

/// Describes a copy from one layout to another.
static inline dnnl_status_t st_reorder_create(dnnl_primitive_desc_t *result, dnnl_engine_t engine,
                                              const st_layout *from, const st_layout *to) {
  return dnnl_reorder_primitive_desc_create(result, (st_const_descriptor)from, engine,
                                            (st_const_descriptor)to, engine, NULL);
}

/// Has a primitive add to its destination.
static inline dnnl_status_t st_append_sum(dnnl_post_ops_t operations) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef);
#else
  return dnnl_post_ops_append_sum(operations, 1);
#endif
}

/// Describes a convolution in one of its passes.
///
/// In the backward passes the layout of what is computed is that of a gradient, and `forward` describes the forward
/// pass. `bias` may be null.
static inline dnnl_status_t st_convolution_create(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t pass,
    dnnl_alg_kind_t algorithm, const st_layout *source, const st_layout *weight,
    const st_layout *bias, const st_layout *destination, const dnnl_dim_t *strides,
    const dnnl_dim_t *low, const dnnl_dim_t *high, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
  st_const_descriptor s = (st_const_descriptor)source, w = (st_const_descriptor)weight;
  st_const_descriptor b = (st_const_descriptor)bias, d = (st_const_descriptor)destination;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl_dim_t dilation[2] = {0, 0};
  if (pass == dnnl_backward_data)
    return dnnl_convolution_backward_data_primitive_desc_create(
        result, engine, algorithm, s, w, d, strides, dilation, low, high, forward, attributes);
  if (pass == dnnl_backward_weights)
    return dnnl_convolution_backward_weights_primitive_desc_create(
        result, engine, algorithm, s, w, b, d, strides, dilation, low, high, forward, attributes);
  return dnnl_convolution_forward_primitive_desc_create(result, engine, pass, algorithm, s, w, b, d,
                                                        strides, dilation, low, high, attributes);
#else
  dnnl_convolution_desc_t it;
  dnnl_status_t status;
  if (pass == dnnl_backward_data)
    status = dnnl_convolution_backward_data_desc_init(&it, algorithm, s, w, d, strides, low, high);
  else if (pass == dnnl_backward_weights)
    status =
        dnnl_convolution_backward_weights_desc_init(&it, algorithm, s, w, b, d, strides, low, high);
  else
    status =
        dnnl_convolution_forward_desc_init(&it, pass, algorithm, s, w, b, d, strides, low, high);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &it, attributes, engine, forward);
#endif
}
