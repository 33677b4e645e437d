/* What prometheus/client_golang asks of the memory of a process. Zig's headers of macOS have no mach/mach_vm.h;
   libSystem has the function. */
#ifndef DITS_MACH_VM_H
#define DITS_MACH_VM_H

#include <mach/mach_types.h>
#include <mach/vm_region.h>

extern kern_return_t mach_vm_region(vm_map_t task, mach_vm_address_t *address, mach_vm_size_t *size,
	vm_region_flavor_t flavor, vm_region_info_t info, mach_msg_type_number_t *count, mach_port_t *object);

#endif
