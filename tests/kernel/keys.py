#!/usr/bin/python3
"""Does an image of memory hold a key that signed one of the seals of its own archive?

  keys.py IMAGE FOLDER        FOLDER: the archive, extracted

A key is a seed of 32 bytes with its public half behind it (lib/seal/key.c).  Wherever the public
half is found, openssl says whether what stands before it is the seed.  Ends with 1 if so.
"""
import glob
import mmap
import re
import subprocess
import sys

PKCS8 = bytes.fromhex('302e020100300506032b657004220420')


def public_of(seed):
    run = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-pubout', '-outform', 'DER'],
                         input=PKCS8 + seed, stdout=subprocess.PIPE, check=True)
    return run.stdout[-32:]


def announced(folder):
    texts = glob.glob(folder + '/CUSTODY/segments/*/seal.txt') + [folder + '/CUSTODY/session.txt']
    for path in texts:
        with open(path, encoding='latin-1') as f:
            yield from re.findall(r'^(?:next-key|seal-key): ([0-9a-f]{64})$', f.read(), re.M)


def main(image, folder):
    with open(image, 'rb') as f:
        memory = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
    public = {bytes.fromhex(key) for key in announced(folder)}
    assert len(public) > 1, 'no keys to look for'
    places = bad = 0
    for key in public:
        at = memory.find(key)
        while at >= 0:
            places += 1
            bad += at >= 32 and public_of(memory[at - 32:at]) == key
            at = memory.find(key, at + 1)
    print(f'{len(public)} public keys, in {places} places, {bad} with their seed')
    return 1 if bad else 0


sys.exit(main(*sys.argv[1:]))
