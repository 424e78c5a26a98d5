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
]
