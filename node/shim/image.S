# The shim's executable as octets of the agent's.
  .section .rodata
  .balign 16
  .globl troupe_shim_begin
  .globl troupe_shim_end
troupe_shim_begin:
  .incbin TROUPE_SHIM_PATH
troupe_shim_end:
  .section .note.GNU-stack, "", @progbits
