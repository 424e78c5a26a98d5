import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Keychain } from '../../main/vault/keychain.ts'

/** A machine without a keychain service. */
export const noKeychain: Keychain = {
  read: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
  write: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
  remove: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
}

/** A keychain in a JSON file, which several processes can use; the real one is in keychain.test.ts. */
export function fileKeychain(file: string): Keychain {
  const all = (): Record<string, string> => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
  return {
    read: async (account) => all()[account],
    write: async (account, secret) => writeFileSync(file, JSON.stringify({ ...all(), [account]: secret })),
    async remove(account) {
      const { [account]: _, ...others } = all()
      writeFileSync(file, JSON.stringify(others))
    },
  }
}
