import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { all, readMarkup } from '../../main/connectivity/report/read-markup.ts'
import { createSandbox, unreachableCluster } from './sandbox.ts'
import { faultsAgainst } from './schema.ts'

const secret = 'c4n4ryC4N4RYc4n4ry'
const rows = {
  settings: { empty: '' },
  endpoints: [
    { id: 'control-plane', component: 'agent', host: 'cp.vendor.example', protocol: 'wss', inspection: 'never' },
    { id: 'bus', component: 'adaptor', host: '${empty}', protocol: 'amqp1' },
    { id: 'git', component: 'flux', host: 'github.com', protocol: 'git', note: `https://user:${secret}@x.example/` },
  ],
}

describe('hangar allow-list', () => {
  it.each(['markdown', 'squid', 'ciliumnetworkpolicy'])(
    'prints %s of a bare list, without plane, cluster or network',
    async (format) => {
      const sandbox = await createSandbox()
      const list = await sandbox.file('rows.yaml', rows)

      const { code, stdout, stderr } = await sandbox.run('allow-list', '--endpoints', list, '--format', format)

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('cp.vendor.example')
      expect(stdout).toContain('codeload.github.com')
      expect(stdout).toContain('the setting empty is empty')
      expect(stdout).not.toContain('c4n4ry')
    },
  )

  it('prints the rows of one component, and a policy for the pods of --selector', async () => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', rows)
    const chosen = ['--component', 'agent', '--namespace', 'plane', '--selector', 'app=agent,example.com/tier=back']

    const { stdout } = await sandbox.run('allow-list', '--endpoints', list, '--format', 'networkpolicy', ...chosen)

    expect(stdout).not.toContain('github.com')
    expect(parse(stdout)).toMatchObject({
      metadata: { name: 'hangar-egress-agent', namespace: 'plane' },
      spec: { podSelector: { matchLabels: { app: 'agent', 'example.com/tier': 'back' } }, policyTypes: ['Egress'] },
    })
  })

  it('allows the proxy, and directly only the destinations that bypass it', async () => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', rows)
    const proxy = ['--proxy', `http://user:${secret}@10.0.0.9:3128`, '--proxy-bypass', 'github.com']

    const { stdout } = await sandbox.run('allow-list', '--endpoints', list, '--format', 'ciliumnetworkpolicy', ...proxy)

    const egress = Object.fromEntries(
      parseAllDocuments(stdout).map((document) => {
        const { metadata, spec } = document.toJS()
        return [metadata.name, spec.egress.slice(3).map((rule: object) => Object.values(rule)[0])]
      }),
    )
    expect(egress['hangar-egress-agent']).toEqual([['10.0.0.9/32']])
    expect(egress['hangar-egress-flux'].flat()).toContainEqual({ matchName: 'github.com' })
    expect(stdout).not.toContain('c4n4ry')
  })

  it('prints the list of a profile with the namespaces of its releases, without connecting to the cluster', async () => {
    const sandbox = await createSandbox()
    const kubeconfig = await sandbox.file('kubeconfig', unreachableCluster)

    const args = ['allow-list', '--profile', 'demo', '--format', 'networkpolicy', '--kubeconfig', kubeconfig]
    const { code, stdout } = await sandbox.run(...args)

    expect(code).toBe(0)
    expect(stdout).toContain('namespace: hangar-plane')
    expect(stdout).toContain('matchLabels: CHOOSE-LABELS-OF-THE-PODS')
  })

  it.each([
    [['--component', 'nobody'], /INPUT_INVALID: Component "nobody" has no endpoints\./],
    [['--selector', 'app=x'], /give --component, --namespace and --selector together/],
    [['--component', 'agent', '--namespace', 'a b', '--selector', 'app=x'], /--namespace is not a valid name/],
    [['--component', 'agent', '--namespace', 'a', '--selector', 'app'], /--selector takes labels such as app=agent/],
    [['--format', 'pdf'], /USAGE_INVALID/],
  ])('cannot run with %j: exit code 2, and the reason', async (args, message) => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', rows)

    const { code, stdout, stderr } = await sandbox.run('allow-list', '--endpoints', list, ...args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('hangar check --output', () => {
  const checked = {
    endpoints: [
      { id: 'closed', component: 'agent', host: 'localhost', port: 1, protocol: 'https' },
      { id: 'open', component: 'agent', protocol: 'wss', required: false, note: `?sig=${secret}` },
    ],
  }

  it('prints a run as Markdown, as one HTML file and as JUnit, with the exit code of a check', async () => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', checked)
    const [markdown, html, junit, json] = await Promise.all(
      ['markdown', 'html', 'junit', 'json'].map((format) =>
        sandbox.run('check', '--endpoints', list, '--output', format),
      ),
    )

    expect([markdown, html, junit, json].map((result) => result?.code)).toEqual([1, 1, 1, 1])
    expect(markdown?.stdout).toContain('# Connectivity of rows.yaml')
    expect(markdown?.stdout).toContain('nc -vz -w 5 localhost 1')
    expect(html?.stdout).toMatch(/^<!doctype html>\n[\s\S]*<\/html>\n$/)
    const suites = readMarkup(junit?.stdout ?? '')
    expect(suites.attributes).toMatchObject({ tests: '2', failures: '1', errors: '0' })
    expect(all(suites, 'failure')[0]?.attributes.type).toBe('tcp.refused')
    expect(await faultsAgainst(sandbox, 'check', JSON.parse(json?.stdout ?? ''))).toEqual([])
    for (const result of [markdown, html, junit, json]) expect(result?.stdout).not.toContain('c4n4ry')
  })
})
