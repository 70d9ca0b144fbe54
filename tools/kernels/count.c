// A plugin of qemu's user-mode emulator that counts the instructions that a program executes, and the NEON multiply-adds
// among them. Declared here is what it needs of qemu-plugin.h.
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info_t qemu_info_t;
enum { add_u64, flags_none = 0 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t,
                                           void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t instructions, products;

/// Whether it is `fmla`, `bfdot` or `bfmmla` of four floats, by the other's vector or one of its elements.
static bool is_product(uint32_t code) {
  return (code & 0xffe0fc00) == 0x4e20cc00 || (code & 0xffc0f400) == 0x4f801000 ||
         (code & 0xffe0fc00) == 0x6e40fc00 || (code & 0xffc0f400) == 0x4f40f000 ||
         (code & 0xffe0fc00) == 0x6e40ec00;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  size_t count = qemu_plugin_tb_n_insns(block), found = 0;
  for (size_t i = 0; i < count; i++)
    found +=
        is_product(*(const uint32_t *)qemu_plugin_insn_data(qemu_plugin_tb_get_insn(block, i)));
  qemu_plugin_register_vcpu_tb_exec_inline(block, add_u64, &instructions, count);
  qemu_plugin_register_vcpu_tb_exec_inline(block, add_u64, &products, found);
}

static void ended(qemu_plugin_id_t id, void *data) {
  (void)id, (void)data;
  fprintf(stderr, "%" PRIu64 " %" PRIu64 "\n", instructions, products);
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                               const qemu_info_t *info, int count,
                                                               char **arguments) {
  (void)info, (void)count, (void)arguments;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
