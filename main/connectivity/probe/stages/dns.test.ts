import { describe, expect, it } from 'vitest'
import { searchOrder } from './dns.ts'

const pod = 'search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'

describe('the order of DNS search names', () => {
  it.each([
    ['api.github.com', 'nameserver 10.0.0.53\n', ['api.github.com']],
    ['broker', 'search corp.test lab.test.\n', ['broker.corp.test', 'broker.lab.test', 'broker']],
    ['api.github.com', 'domain corp.test\n', ['api.github.com', 'api.github.com.corp.test']],
    ['a.b', pod, ['a.b.ns.svc.cluster.local', 'a.b.svc.cluster.local', 'a.b.cluster.local', 'a.b']],
    ['a', 'search one.test\nsearch two.test # the last line counts\n', ['a.two.test', 'a']],
    ['a.b', 'search x.test\noptions ndots:5\noptions ndots:1 ; the last option counts\n', ['a.b', 'a.b.x.test']],
    ['a.b', '; search x.test\n# options ndots:5\n', ['a.b']],
    ['a', 'search .\n', ['a']],
    [
      'a',
      `search ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `s${n}`).join(' ')}\n`,
      [...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `a.s${n}`), 'a'],
    ],
    [
      'a.b.c.d.e.f',
      pod,
      ['a.b.c.d.e.f', 'a.b.c.d.e.f.ns.svc.cluster.local', 'a.b.c.d.e.f.svc.cluster.local', 'a.b.c.d.e.f.cluster.local'],
    ],
  ])('for %s with %j is the order of the resolver library', (name, resolvConf, expected) => {
    expect(searchOrder(name, resolvConf)).toEqual(expected)
  })
})
