import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { isPlaceholder } from './placeholder.ts'
import { prepare } from './prepare.ts'
import { readVendorFiles } from './vendor-files.ts'

/** Reads files by their paths and texts. */
async function prepared(files: Readonly<Record<string, string>>) {
  const read = await readVendorFiles(
    Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
  )
  return prepare(read, 'plane')
}
const chart = (name: string, values = '') => ({
  [`charts/${name}/Chart.yaml`]: `{apiVersion: v2, name: ${name}, version: 1.0.0}`,
  [`charts/${name}/values.yaml`]: values,
})

describe('the values and settings of releases', () => {
  const cases: readonly [
    what: string,
    script: string,
    values: string,
    expected: JsonObject,
    settings: [string, unknown][],
  ][] = [
    [
      'a variable has the name of its value',
      'helm install a charts/a --set api.host=$API',
      '',
      { api: { host: '${api.host}' } },
      [['api.host', undefined]],
    ],
    [
      'a variable in a text has its own name',
      'helm install a charts/a --set u=https://api.$BASE_DOMAIN/x',
      '',
      { u: 'https://api.${baseDomain}/x' },
      [['baseDomain', undefined]],
    ],
    [
      'a variable with two meanings has its own name',
      'helm install a charts/a --set x.a=$V,x.b=$V',
      '',
      { x: { a: '${v}', b: '${v}' } },
      [['v', undefined]],
    ],
    [
      'a fallback is the default',
      'helm install a charts/a --set n.size=${SIZE:-5Gi}',
      '',
      { n: { size: '${n.size}' } },
      [['n.size', '5Gi']],
    ],
    [
      'the chart has the default and its type',
      'helm install a charts/a --set n.count=$N',
      'n: {count: 3}',
      { n: { count: '${n.count}' } },
      [['n.count', 3]],
    ],
    [
      'a host that the chart leaves empty is a setting, with its port',
      'helm install a charts/a',
      'api: {host: "", port: 8443}',
      { api: { host: '${api.host}', port: '${api.port}' } },
      [
        ['api.host', undefined],
        ['api.port', 8443],
      ],
    ],
    [
      'a host at the top has the name of its release',
      'helm install a charts/a',
      'host: ""',
      { host: '${a.host}' },
      [['a.host', undefined]],
    ],
    [
      'an address is a setting for its host',
      'helm install a charts/a --set api.url=$API_URL',
      'api: {url: "https://x.example.com:8443/v1"}',
      { api: { url: 'https://${apiHost}:8443/v1' } },
      [['apiHost', undefined]],
    ],
    [
      'a file is a setting',
      'helm install a charts/a --set-file tls.ca="$DIR/ca.pem"',
      '',
      { tls: { ca: '${tls.ca}' } },
      [['tls.ca', undefined]],
    ],
    [
      'fixed values are typed, and escaped',
      "helm install a charts/a --set n=5,b=true,s='${x}' --set-string t=5",
      '',
      { n: 5, b: true, s: '$${x}', t: '5' },
      [],
    ],
    [
      'a secret is neither a value nor a setting',
      'helm install a charts/a --set db.password=$P,db.passwordSecret=s',
      '',
      { db: { passwordSecret: 's' } },
      [],
    ],
  ]
  it.each(cases)('%s', async (_what, script, values, expected, settings) => {
    const result = await prepared({ ...chart('a', values), 'install.sh': script })
    expect(result.releases.map((release) => release.values)).toEqual([expected])
    expect(result.settings.map(({ name, initial }) => [name, initial])).toEqual(settings)
  })

  it('values files are merged in order, with their placeholders', async () => {
    const { releases, settings } = await prepared({
      ...chart('a', 'x: {y: 1}'),
      'values/base.yaml': 'x: {y: 2, z: changeme, w: "${REGION}"}',
      'values/more.yaml': 'x: {y: 3}\nlist: [1]',
      'install.sh': 'helm install a "$DIR/charts/a" -f values/base.yaml -f "$DIR/values/more.yaml"',
    })
    expect(releases[0]?.values).toEqual({ x: { y: 3, z: '${x.z}', w: '${x.w}' }, list: [1] })
    expect(settings.map(({ name }) => name)).toEqual(['x.w', 'x.z'])
  })

  it('the samples of hosts can be found again', async () => {
    const { releases, settings } = await prepared({
      ...chart('a'),
      'i.sh': 'helm install a charts/a --set api.host=$H,api.port=$P',
    })
    expect(settings.map(({ sample }) => sample)).toEqual(['hangar-setting-1.invalid', 443])
    expect(releases[0]?.sampleValues).toEqual({ api: { host: 'hangar-setting-1.invalid', port: 443 } })
  })

  it('a setting is not inside of another', async () => {
    const { settings } = await prepared({
      ...chart('a'),
      ...chart('b'),
      'i.sh': 'helm install a charts/a --set x.y=$A\nhelm install b charts/b --set x.y.z=$B',
    })
    expect(settings.map(({ name }) => name)).toEqual(['xYValue', 'x.y.z'])
  })
})

describe('the charts of releases', () => {
  it('are the vendor’s, by path or name, or have an address with a version', async () => {
    const { releases, unread } = await prepared({
      ...chart('a'),
      'i.sh': `helm install a1 /opt/v/charts/a
helm install a2 oci://r.example.com/x/a --version 1.0.0
helm install b oci://r.example.com/x/b --version 2.0.0
helm install c --repo https://c.example.com c --version 3.0.0
helm install d oci://r.example.com/x/d
helm install E charts/a`,
    })
    expect(releases.map(({ name, chartPath, remote }) => [name, chartPath, remote])).toEqual([
      ['a1', 'charts/a', undefined],
      ['a2', 'charts/a', undefined],
      ['b', undefined, { oci: 'oci://r.example.com/x/b', version: '2.0.0' }],
      ['c', undefined, { repository: 'https://c.example.com', name: 'c', version: '3.0.0' }],
    ])
    expect(unread.map(({ place, why }) => `${place}: ${why}`)).toEqual([
      'i.sh:5: The chart oci://r.example.com/x/d is not among the files, and has no address with an exact version.',
      'i.sh:6: Its name or namespace is not valid in Kubernetes.',
    ])
  })

  it('are releases of their own without a script', async () => {
    const { releases } = await prepared({ ...chart('a', 'api: {host: ""}'), ...chart('b'), 'a-values.yaml': 'x: 1' })
    expect(releases).toMatchObject([
      { name: 'a', namespace: 'plane', confidence: 'guess', values: { x: 1, api: { host: '${api.host}' } } },
      { name: 'b', namespace: 'plane', values: {} },
    ])
  })

  it('include local dependencies, and no charts inside of others', async () => {
    const { charts, releases } = await prepared({
      'a/Chart.yaml':
        '{name: a, version: 1.0.0, dependencies: [{name: lib, version: 1.0.0, repository: "file://../lib"}]}',
      'a/charts/sub/Chart.yaml': '{name: sub, version: 1.0.0}',
      'lib/Chart.yaml': '{name: lib, version: 1.0.0, type: library}',
      'lib/templates/_x.tpl': '',
    })
    expect(charts.map(({ name }) => name)).toEqual(['a', 'lib'])
    expect(charts[0]?.files.map(({ path }) => path)).toEqual([
      'Chart.yaml',
      'charts/lib/Chart.yaml',
      'charts/lib/templates/_x.tpl',
      'charts/sub/Chart.yaml',
    ])
    expect(releases.map(({ name }) => name)).toEqual(['a'])
  })
})

it('files of another kind are listed with the reason', async () => {
  const { unread } = await prepared({
    'a.xlsx': '',
    'b.pdf': '\0',
    'c.yaml': '{{ x }}: [',
    'd.yaml': '{apiVersion: v1, kind: Pod}',
    'e.yaml': 'x: 1',
    'f.tgz': 'x',
    f: 'x',
  })
  expect(unread.map(({ place, why }) => `${place}: ${why}`)).toEqual([
    'a.xlsx: Export the spreadsheet as CSV.',
    'b.pdf: It is no text, or larger than 2 MB.',
    'c.yaml: It contains templates, which are not evaluated.',
    'd.yaml: It is a Kubernetes manifest, not values of a chart.',
    'f.tgz: The chart archive f.tgz is not a gzip file.',
    'f: Its kind is unknown.',
    'e.yaml: No release uses these values.',
  ])
})

it.each(['changeme', 'CHANGE_ME', '<your host>', 'TODO', 'your-domain', 'xxx'])('%s is a placeholder', (text) => {
  expect(isPlaceholder(text)).toBe(true)
})
it.each(['', 'x', 'todo-list', 'a < b > c', 'change'])('"%s" is no placeholder', (text) => {
  expect(isPlaceholder(text)).toBe(false)
})
