// Loaded before a program under test: names under .test resolve to this computer, as the cluster's DNS resolves them.
import dns from 'node:dns'

const lookup = dns.lookup
type Callback = (error: Error | null, address: unknown, family?: number) => void

const lookHere = (name: string, options: unknown, callback: Callback): void => {
  if (!name.endsWith('.test')) Reflect.apply(lookup, dns, [name, options, callback])
  else if (Reflect.get(Object(options), 'all') === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}
Reflect.set(dns, 'lookup', lookHere)
