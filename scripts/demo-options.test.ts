import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDemoOptions } from './demo-options.ts'

describe('the options of the demo', () => {
  it.each([
    [[], { kind: 'own', network: 'bridge', headless: false }],
    [['--headless', '--network', 'cilium'], { kind: 'own', network: 'cilium', headless: true }],
    [
      ['--context', 'kind-one'],
      {
        kind: 'given',
        context: 'kind-one',
        kubeconfigs: [join(homedir(), '.kube', 'config')],
        yes: false,
        headless: false,
      },
    ],
    [
      ['--context=a', '--kubeconfig', 'k', '--images', 'registry.example.test:5000/mirror', '--yes', '--headless'],
      {
        kind: 'given',
        context: 'a',
        kubeconfigs: [resolve('k')],
        images: 'registry.example.test:5000/mirror',
        yes: true,
        headless: true,
      },
    ],
  ])('%j', (args, options) => {
    expect(parseDemoOptions(args, {})).toEqual(options)
  })

  it('KUBECONFIG names files in their order, and --kubeconfig replaces them', () => {
    const environment = { KUBECONFIG: '/a/one:/a/two' }
    expect(parseDemoOptions(['--context', 'a'], environment)).toMatchObject({ kubeconfigs: ['/a/one', '/a/two'] })
    const named = parseDemoOptions(['--context', 'a', '--kubeconfig', '/b'], environment)
    expect(named).toMatchObject({ kubeconfigs: ['/b'] })
  })

  it.each([
    [['--images', 'registry.example.test'], 'need --context NAME'],
    [['--yes'], 'need --context NAME'],
    [['--kubeconfig', 'k'], 'need --context NAME'],
    [['--network', 'calico'], '--network is bridge or cilium, not "calico".'],
    [['--context', 'a', '--network', 'cilium'], 'omit it with --context'],
    [['--context', 'a', '--images', 'https://registry.example.test'], '--images is a registry'],
    [['--context', 'a', '--images', 'a b'], '--images is a registry'],
    [['--verbose'], "Unknown option '--verbose'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseDemoOptions(args, {})).toThrow(message)
  })
})
