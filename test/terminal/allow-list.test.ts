import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { all, readMarkup } from '../../main/connectivity/report/read-markup.ts'
import { newPlace, nowhere } from './place.ts'
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
      const place = await newPlace()
      const list = await place.file('rows.yaml', rows)

      const { code, stdout, stderr } = await place.run('allow-list', '--endpoints', list, '--format', format)

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('cp.vendor.example')
      expect(stdout).toContain('codeload.github.com')
      expect(stdout).toContain('the setting empty is empty')
      expect(stdout).not.toContain('c4n4ry')
    },
  )

  it('prints the rows of one component, and a policy for the pods that were named', async () => {
    const place = await newPlace()
    const list = await place.file('rows.yaml', rows)
    const chosen = ['--component', 'agent', '--namespace', 'plane', '--selector', 'app=agent,example.com/tier=back']

    const { stdout } = await place.run('allow-list', '--endpoints', list, '--format', 'networkpolicy', ...chosen)

    expect(stdout).not.toContain('github.com')
    expect(parse(stdout)).toMatchObject({
      metadata: { name: 'hangar-egress-agent', namespace: 'plane' },
      spec: { podSelector: { matchLabels: { app: 'agent', 'example.com/tier': 'back' } }, policyTypes: ['Egress'] },
    })
  })

  it('lets out to the proxy that the components are given, and past it what they go past it for', async () => {
    const place = await newPlace()
    const list = await place.file('rows.yaml', rows)
    const proxy = ['--proxy', `http://user:${secret}@10.0.0.9:3128`, '--proxy-bypass', 'github.com']

    const { stdout } = await place.run('allow-list', '--endpoints', list, '--format', 'ciliumnetworkpolicy', ...proxy)

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

  it('prints that of a profile by name, with the namespaces of its releases and no cluster to be reached', async () => {
    const place = await newPlace()
    const kubeconfig = await place.file('kubeconfig', nowhere)

    const args = ['allow-list', '--profile', 'demo', '--format', 'networkpolicy', '--kubeconfig', kubeconfig]
    const { code, stdout } = await place.run(...args)

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
  ])('cannot run with %j: status 2 and one line that says why', async (args, said) => {
    const place = await newPlace()
    const list = await place.file('rows.yaml', rows)

    const { code, stdout, stderr } = await place.run('allow-list', '--endpoints', list, ...args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(said)
  })
})

describe('hangar check --output', () => {
  const checked = {
    endpoints: [
      { id: 'closed', component: 'agent', host: 'localhost', port: 1, protocol: 'https' },
      { id: 'open', component: 'agent', protocol: 'wss', required: false, note: `?sig=${secret}` },
    ],
  }

  it('prints the same run as Markdown, as one HTML file and as JUnit, with the exit status of a check', async () => {
    const place = await newPlace()
    const list = await place.file('rows.yaml', checked)
    const [markdown, html, junit, json] = await Promise.all(
      ['markdown', 'html', 'junit', 'json'].map((form) => place.run('check', '--endpoints', list, '--output', form)),
    )

    expect([markdown, html, junit, json].map((ran) => ran?.code)).toEqual([1, 1, 1, 1])
    expect(markdown?.stdout).toContain('# Connectivity of rows.yaml')
    expect(markdown?.stdout).toContain('nc -vz -w 5 localhost 1')
    expect(html?.stdout).toMatch(/^<!doctype html>\n[\s\S]*<\/html>\n$/)
    const suites = readMarkup(junit?.stdout ?? '')
    expect(suites.attributes).toMatchObject({ tests: '2', failures: '1', errors: '0' })
    expect(all(suites, 'failure')[0]?.attributes.type).toBe('tcp.refused')
    expect(await faultsAgainst(place, 'check', JSON.parse(json?.stdout ?? ''))).toEqual([])
    for (const ran of [markdown, html, junit, json]) expect(ran?.stdout).not.toContain('c4n4ry')
  })
})
