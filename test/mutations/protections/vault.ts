import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })
const peers = (name: string, title: string): Mutation['test'] => ({
  project: 'peers',
  file: `test/vault/${name}`,
  title,
})

/** The vault, and what it protects. */
export const vault: readonly Mutation[] = [
  {
    id: 'vault-name-bound',
    file: 'main/vault/file.ts',
    find: "JSON.stringify(['hangar vault', 2, ...name])",
    replace: "JSON.stringify(['hangar vault', 2])",
    test: peers('passphrase.test.ts', 'does not open a value that was moved to another name'),
  },
  {
    id: 'vault-name-unambiguous',
    file: 'main/vault/file.ts',
    find: "JSON.stringify(['hangar vault', 2, ...name])",
    replace: "['hangar vault', 2, ...name].join('/')",
    test: unit('main/vault/file.test.ts', 'differs where names differ only in the place of a separator'),
  },
  {
    id: 'vault-passphrase-check',
    file: 'main/vault/master-key.ts',
    find: 'if (unseal(protection.check, key, checkBinding(version))?.equals(checkValue) !== true)',
    replace: 'if (key.length === 0)',
    test: peers('passphrase.test.ts', 'refuses another passphrase'),
  },
  {
    id: 'vault-attempts-limited',
    file: 'main/vault/entries.ts',
    find: '      await this.#attempts.begin()\n',
    replace: '',
    test: peers('passphrase.test.ts', 'limits attempts at the passphrase, also after a restart and with the right one'),
  },
  {
    id: 'vault-derivation-bounded',
    file: 'main/vault/file.ts',
    find: "  if (content.protection.kind === 'passphrase') checkDerivation(content.protection.derivation, file)\n",
    replace: '',
    test: unit('main/vault/file.test.ts', 'the parameters of key derivation in a file'),
  },
  {
    id: 'vault-rekeyed-on-purge',
    file: 'main/vault/entries.ts',
    find: 'const left = { ...vault, entries, rekeyDue: true }',
    replace: 'const left = { ...vault, entries }',
    test: peers('rekey.test.ts', 'destroys a key in every copy of its file'),
  },
  {
    id: 'vault-former-secret-removed',
    file: 'main/vault/entries.ts',
    find: '      await this.#master.retire(vault, account).catch(() => left.push(account))\n',
    replace: '',
    test: peers('rekey.test.ts', 'destroys a key in every copy of its file'),
  },
  {
    id: 'vault-lock-forgets-key',
    file: 'main/vault/master-key.ts',
    find: '    this.#locked = true\n',
    replace: '',
    test: peers('lock.test.ts', 'neither reads nor writes, until it is unlocked'),
  },
  {
    id: 'vault-lock-in-every-process',
    file: 'main/vault/locking.ts',
    find: '    await writeAtomically(this.#file, `${randomUUID()}\\n`)\n',
    replace: '',
    test: peers('lock.test.ts', 'is locked in every process of the user, also in one that does not ask'),
  },
  {
    id: 'vault-lock-on-idle',
    file: 'main/vault/auto-lock.ts',
    find: "return nowMs - activeMs >= vaultIdleMinutes * 60_000 ? 'idle' : undefined",
    replace: 'return undefined',
    test: unit('main/vault/auto-lock.test.ts', 'locks after the idle time, which each sign of the user starts again'),
  },
  {
    id: 'vault-lock-on-suspend',
    file: 'main/vault/auto-lock.ts',
    find: "if (nowMs - lastTickMs >= suspendedAfterMs) return 'suspended'\n",
    replace: '',
    test: unit(
      'main/vault/auto-lock.test.ts',
      'locks when the computer wakes up, also if the first sign of it is the user',
    ),
  },
  {
    id: 'locked-logs-end',
    file: 'main/logs/logs.ts',
    find: 'AbortSignal.any([signal, ports.untilLocked()])',
    replace: 'signal',
    test: unit('main/logs/locked.test.ts', 'ends when the vault is locked, and is possible again with a new thread'),
  },
  {
    id: 'locked-logs-sealed',
    file: 'main/logs/store/sealable.ts',
    find: '    this.#open.close()\n    this.#open = undefined\n',
    replace: '',
    test: unit(
      'main/logs/store/sealable.test.ts',
      'writes lines that nothing on the disk opens but the key of the store',
    ),
  },
  {
    id: 'logs-no-key-for-unknown-planes',
    file: 'main/logs/logs.ts',
    find: '    await ports.plane(planeId)\n    const key = await ports.existingKey(planeId)\n',
    replace: '    const key = await ports.key(planeId)\n',
    test: unit('main/logs/locked.test.ts', 'makes no key for an unknown plane'),
  },
  {
    id: 'journal-verified-in-list',
    file: 'main/operations/entries.ts',
    find: '  return verified ? view :',
    replace: '  return header !== undefined ? view :',
    test: unit(
      'main/operations/operations.test.ts',
      'as unverified, and neither resumes it nor lets it block the plane',
    ),
  },
  {
    id: 'journal-verified-on-resume',
    file: 'main/operations/operations.ts',
    find: '      if (!journal.verified) throw unverified()\n',
    replace: '',
    test: unit('main/operations/operations.test.ts', 'does not resume a journal that was changed after it was listed'),
  },
  {
    id: 'journal-bound-to-its-id',
    file: 'main/operations/journal.ts',
    find: "new LineChain(key, ['journal', id])",
    replace: "new LineChain(key, ['journal', id.slice(0, 0)])",
    test: unit('main/operations/operations.test.ts', 'does not resume a journal that was copied to another id'),
  },
  {
    id: 'signed-lines-in-order',
    file: 'main/lib/signed-lines.ts',
    find: 'this.#last = valid ? expected :',
    replace: 'this.#last = valid ? this.#last :',
    test: unit('main/lib/signed-lines.test.ts', 'signed lines verify, and stay JSON'),
  },
  {
    id: 'log-files-private',
    file: 'main/logs/store/cipher.ts',
    find: '  makePrivate(file)\n  const database',
    replace: '  const database',
    test: unit(
      'main/logs/store/store.test.ts',
      'keeps every file for its owner alone, also files that were open to others',
    ),
  },
  {
    id: 'drafts-swept',
    file: 'main/lib/files.ts',
    find: '    if (orphaned) await rm(path, { recursive: true, force: true })\n',
    replace: '    if (orphaned) await lstat(path)\n',
    test: unit('main/lib/files.test.ts', 'removes what killed processes left'),
  },
]
