#!/usr/bin/python3
"""An examiner's reader for an image of physical memory, as small as it can be.

  lime.py IMAGE FOLDER

FOLDER holds iomem, kallsyms, version and btf (/sys/kernel/btf/vmlinux) of the same host.
Checks the form of the image and that it is memory of that host; prints the banner found
at the place of linux_banner, then from the list of tasks "PID NAME ARGUMENTS" for each.
Nothing of the layout of the kernel is assumed but what BTF says, and the page tables of
x86-64 with four levels. Any contradiction ends it with an exception.
"""
import mmap
import struct
import sys

KERNEL_MAP = 0xFFFFFFFF80000000


def text(path):
    with open(path, encoding='latin-1') as f:
        return f.read()


class Image:
    """Segments of a LiME image, version 1."""

    def __init__(self, path):
        with open(path, 'rb') as f:
            self.data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        self.segments, at, before = [], 0, -1
        while at < len(self.data):
            magic, version, first, last, zero = struct.unpack_from('<IIQQQ', self.data, at)
            assert (magic, version, zero) == (0x4C694D45, 1, 0), f'no header at {at}'
            assert before < first <= last, f'{first:#x}-{last:#x} is out of order'
            self.segments.append((first, last, at + 32))
            at += 32 + last - first + 1
            before = last
        assert at == len(self.data), 'the last segment is cut'

    def read(self, address, n):
        for first, last, at in self.segments:
            if first <= address <= last:
                part = min(n, last - address + 1)
                got = self.data[at + address - first:at + address - first + part]
                return got if part == n else got + self.read(address + part, n - part)
        raise LookupError(f'{address:#x} is not in the image')

    def u64(self, address):
        return struct.unpack('<Q', self.read(address, 8))[0]


class Types:
    """Offsets of members, by BTF (Documentation/bpf/btf.rst of the kernel)."""

    EXTRA = {1: 4, 3: 12, 14: 4, 17: 4}
    EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}

    def __init__(self, path):
        with open(path, 'rb') as f:
            raw = f.read()
        magic, head, types, types_len, names, _ = struct.unpack_from('<HxxIIIII', raw)
        assert magic == 0xEB9F
        self.raw, self.names = raw, head + names
        self.types, at = [None], head + types
        while at < head + types + types_len:
            name, info, _ = struct.unpack_from('<III', raw, at)
            kind, count = info >> 24 & 31, info & 0xFFFF
            self.types.append((name, kind, count, info >> 31, at + 12))
            at += 12 + self.EXTRA.get(kind, 0) + count * self.EACH.get(kind, 0)

    def name(self, offset):
        end = self.raw.index(b'\0', self.names + offset)
        return self.raw[self.names + offset:end].decode()

    def find(self, number, member):
        _, kind, count, bits, at = self.types[number]
        if kind not in (4, 5):
            return None
        for i in range(count):
            name, inner, offset = struct.unpack_from('<III', self.raw, at + 12 * i)
            offset = (offset & 0xFFFFFF if bits else offset) // 8
            if name and self.name(name) == member:
                return offset
            deeper = None if name else self.find(inner, member)
            if deeper is not None:
                return offset + deeper
        return None

    def offset(self, of, member):
        for number, t in enumerate(self.types):
            if t and t[1] == 4 and self.name(t[0]) == of:
                found = self.find(number, member)
                if found is not None:
                    return found
        raise LookupError(f'{of}.{member}')


class Kernel:
    def __init__(self, image, folder):
        self.image, self.types = image, Types(folder + '/btf')
        self.symbols = {}
        for line in text(folder + '/kallsyms').splitlines():
            address, _, name = line.split()[:3]
            self.symbols.setdefault(name, int(address, 16))
        lines = text(folder + '/iomem').splitlines()
        code = next(l for l in lines if l.endswith(' : Kernel code'))
        self.shift = int(code.split('-')[0], 16) - self.symbols['_text']
        self.direct = image.u64(self.physical(self.symbols['page_offset_base']))

    def physical(self, address):
        return address + self.shift if address >= KERNEL_MAP else address - self.direct

    def u64(self, address):
        return self.image.u64(self.physical(address))

    def user(self, table, address):
        """Physical address of a page of a process, through its page tables."""
        for level in (39, 30, 21, 12):
            entry = self.image.u64(table + (address >> level & 511) * 8)
            if not entry & 1:
                raise LookupError(f'{address:#x} is not in memory')
            table = entry & 0x000FFFFFFFFFF000
            if level == 12 or entry & 0x80:
                size = 1 << level
                return (table & ~(size - 1)) + (address & size - 1)

    def arguments(self, mm):
        of = self.types.offset
        table = self.physical(self.u64(mm + of('mm_struct', 'pgd')))
        first = self.u64(mm + of('mm_struct', 'arg_start'))
        n = self.u64(mm + of('mm_struct', 'arg_end')) - first
        assert first % 4096 + n <= 4096, 'arguments across two pages'
        return self.image.read(self.user(table, first), n).replace(b'\0', b' ').decode('latin-1')

    def tasks(self):
        of, first = self.types.offset, self.symbols['init_task']
        tasks, task = of('task_struct', 'tasks'), first
        while True:
            comm = self.image.read(self.physical(task + of('task_struct', 'comm')), 16)
            pid = self.u64(task + of('task_struct', 'pid')) & 0xFFFFFFFF
            mm = self.u64(task + of('task_struct', 'mm'))
            yield pid, comm.split(b'\0')[0].decode('latin-1'), self.arguments(mm) if mm else ''
            task = self.u64(task + tasks) - tasks
            if task == first:
                return


def memory_of(iomem):
    """Top-level System RAM, with both ends."""
    for line in iomem.splitlines():
        if line.endswith(' : System RAM') and not line.startswith(' '):
            yield tuple(int(x, 16) for x in line.split(' ')[0].split('-'))


def main(path, folder):
    image, ram = Image(path), list(memory_of(text(folder + '/iomem')))
    for first, last, _ in image.segments:
        assert any(a <= first and last <= b for a, b in ram), f'{first:#x}-{last:#x} is no memory'
    have = sum(last - first + 1 for first, last, _ in image.segments)
    want = sum(b - a + 1 for a, b in ram)
    print(f'{len(image.segments)} segments, {have} of {want} bytes of memory')
    assert have * 1000 >= want * 999, 'too little of the memory'
    kernel = Kernel(image, folder)
    version = text(folder + '/version')
    banner = image.read(kernel.physical(kernel.symbols['linux_banner']), len(version))
    assert banner.decode('latin-1') == version, banner
    print(version, end='')
    for task in kernel.tasks():
        print(*task)


main(*sys.argv[1:])
