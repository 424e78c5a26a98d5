import { describe, expect, it } from 'vitest'
import { noActivityFilter } from '../activity/filter.ts'
import { noFilter } from '../connectivity/matrix/visibleRows.ts'
import { defaultColumns } from '../logs/columns.ts'
import { emptyFilter } from '../logs/query.ts'
import { noWorkloadFilter } from '../workloads/shown.ts'
import { type Place, parseAddress, printAddress, titleOf } from './address.ts'
import { nothingChosen } from './fleet/shown.ts'

const plane = { view: 'plane', planeId: 'a1' } as const
const emptyLogs: Place = {
  ...plane,
  tab: 'logs',
  filter: emptyFilter,
  engine: undefined,
  record: undefined,
  related: undefined,
  columns: defaultColumns,
}

describe('a place', () => {
  it.each<[Place, string]>([
    [{ view: 'home' }, '/'],
    [{ view: 'new-plane' }, '/install'],
    [{ view: 'new-plane', step: 'profile' }, '/install/profile'],
    [{ view: 'connect', contextId: undefined, profile: undefined }, '/connect'],
    [{ view: 'connect', contextId: 'c 1', profile: 'demo' }, '/connect?context=c+1&profile=demo'],
    [{ view: 'check', source: 'profile', profile: undefined }, '/check'],
    [{ view: 'check', source: 'profile', profile: 'demo' }, '/check?profile=demo'],
    [{ view: 'check', source: 'list', profile: undefined }, '/check/list'],
    [
      { view: 'check', source: 'profile', profile: 'demo', results: true, rows: { hub: 'n 1' }, filter: noFilter },
      '/check/results?profile=demo&row=hub+n+1',
    ],
    [
      { view: 'check', source: 'list', profile: undefined, results: true, rows: {}, filter: noFilter },
      '/check/results?source=list',
    ],
    [{ view: 'home', shown: { ...nothingChosen, text: 'a b' } }, '/?text=a+b'],
    [
      { view: 'home', shown: { kind: 'failing', text: '', grouping: 'label:team', layout: 'tiles' } },
      '/?state=failing&group=label%3Ateam&view=tiles',
    ],
    [{ view: 'activity', item: undefined, filter: noActivityFilter }, '/activity'],
    [{ view: 'activity', item: 'op/1', filter: noActivityFilter }, '/activity/op%2F1'],
    [
      {
        view: 'activity',
        item: undefined,
        filter: {
          kinds: ['health', 'profile'],
          outcomes: ['failed'],
          planes: ['a1', 'b2'],
          text: 'agent down',
          range: { kind: 'last', ms: 3_600_000 },
        },
      },
      '/activity?text=agent+down&kind=health&kind=profile&outcome=failed&plane=a1&plane=b2&last=lastHour',
    ],
    [{ view: 'profiles' }, '/profiles'],
    [{ view: 'profiles', name: 'my profile' }, '/profiles/my%20profile'],
    [{ view: 'profiles', fromFiles: true }, '/profiles?from=files'],
    [{ view: 'profiles', fromKit: true }, '/profiles?from=kit'],
    [{ view: 'profiles', name: 'ours', fromFiles: true }, '/profiles/ours?from=files'],
    [{ view: 'settings' }, '/settings'],
    [{ view: 'settings', text: 'dark mode' }, '/settings?text=dark+mode'],
    [{ view: 'settings', section: 'vault' }, '/settings/vault'],
    [{ view: 'help' }, '/help'],
    [{ view: 'help', page: 'causes', section: 'dns-nxdomain' }, '/help/causes/dns-nxdomain'],
    [{ ...plane, tab: 'overview' }, '/planes/a1/overview'],
    [
      { ...plane, tab: 'overview', detail: { kind: 'endpoint', id: 'event hub' } },
      '/planes/a1/overview?endpoint=event+hub',
    ],
    [{ ...plane, tab: 'overview', detail: { kind: 'component', id: 'x&y' } }, '/planes/a1/overview?component=x%26y'],
    [{ ...plane, tab: 'install', step: 'review' }, '/planes/a1/install/review'],
    [{ ...plane, tab: 'install', uninstall: true }, '/planes/a1/install?uninstall=plan'],
    [{ ...plane, tab: 'connectivity', run: { kind: 'latest' }, rows: {}, filter: noFilter }, '/planes/a1/connectivity'],
    [
      {
        ...plane,
        tab: 'connectivity',
        run: { kind: 'run', runId: 'r1' },
        rows: { hub: 'node/n 1', dns: '' },
        filter: { verdict: 'fail', text: 'a b', finding: 'dns.nxdomain x', order: 'listed' },
      },
      '/planes/a1/connectivity?run=r1&row=hub+node%2Fn+1&row=dns+&verdict=fail&text=a+b&finding=dns.nxdomain+x&order=listed',
    ],
    [
      {
        ...plane,
        tab: 'connectivity',
        run: { kind: 'latest' },
        rows: {},
        filter: noFilter,
        shown: 'map',
        detail: { kind: 'endpoint', id: 'event hub' },
      },
      '/planes/a1/connectivity?view=map&endpoint=event+hub',
    ],
    [
      {
        ...plane,
        tab: 'connectivity',
        run: { kind: 'comparison', before: 'r1', after: 'r2' },
        rows: {},
        filter: noFilter,
      },
      '/planes/a1/connectivity?before=r1&after=r2',
    ],
    [
      { ...plane, tab: 'connectivity', run: { kind: 'list' }, rows: {}, filter: noFilter },
      '/planes/a1/connectivity?runs=all',
    ],
    [
      {
        ...plane,
        tab: 'workloads',
        object: 'uid',
        filter: {
          text: 'worker 3',
          unhealthyOnly: true,
          kinds: ['Pod', 'Job'],
          namespaces: ['a b'],
          nodes: ['n/1'],
          healths: ['degraded', 'unknown'],
        },
        sort: { column: 'restarts', reversed: true },
      },
      '/planes/a1/workloads?object=uid&show=unhealthy&text=worker+3&kind=Pod&kind=Job&namespace=a+b&node=n%2F1&health=degraded&health=unknown&sort=-restarts',
    ],
    [
      { ...plane, tab: 'workloads', object: undefined, filter: noWorkloadFilter, sort: undefined },
      '/planes/a1/workloads',
    ],
    [emptyLogs, '/planes/a1/logs'],
    [
      { ...emptyLogs, engine: { kind: 'loki', service: 'logging/loki:3100' } },
      '/planes/a1/logs?engine=loki%3Alogging%2Floki%3A3100',
    ],
    [
      { ...emptyLogs, engine: { kind: 'loki', service: 'logging/loki:3100', tenant: 'a|b' } },
      '/planes/a1/logs?engine=loki%3Alogging%2Floki%3A3100&tenant=a%7Cb',
    ],
    [
      { ...emptyLogs, engine: { kind: 'opensearch', service: 'logging/https:opensearch:9200', index: 'logs-*' } },
      '/planes/a1/logs?engine=opensearch%3Alogging%2Fhttps%3Aopensearch%3A9200&index=logs-*',
    ],
    [
      {
        ...emptyLogs,
        filter: {
          text: 'time out',
          levels: ['ERROR'],
          sources: ['pod'],
          range: { kind: 'last', ms: 3_600_000 },
          order: 'oldest',
        },
        record: '00a',
      },
      '/planes/a1/logs?text=time+out&level=ERROR&source=pod&last=lastHour&order=oldest&record=00a',
    ],
    [
      { ...emptyLogs, related: { kind: 'around', record: '00b' }, columns: ['time', 'orderId'] },
      '/planes/a1/logs?around=00b&column=time&column=orderId',
    ],
    [{ ...emptyLogs, related: { kind: 'trace', id: '4bf92f' } }, '/planes/a1/logs?trace=4bf92f'],
    [{ ...emptyLogs, filter: { ...emptyFilter, text: 'x' } }, '/planes/a1/logs?text=x'],
    [{ ...emptyLogs, shown: 'patterns' }, '/planes/a1/logs?show=patterns'],
    [
      { ...emptyLogs, filter: { ...emptyFilter, at: '2026-03-01T10:00:00.000Z' } },
      '/planes/a1/logs?at=2026-03-01T10%3A00%3A00.000Z',
    ],
    [
      {
        ...emptyLogs,
        filter: {
          ...emptyFilter,
          range: { kind: 'between', from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T11:00:00.000Z' },
        },
      },
      '/planes/a1/logs?from=2026-03-01T10%3A00%3A00.000Z&to=2026-03-01T11%3A00%3A00.000Z',
    ],
    [{ ...plane, tab: 'activity', item: 'op1', filter: noActivityFilter }, '/planes/a1/activity?item=op1'],
    [
      { ...plane, tab: 'activity', item: undefined, filter: { ...noActivityFilter, kinds: ['watch'] } },
      '/planes/a1/activity?kind=watch',
    ],
    [{ ...plane, tab: 'about' }, '/planes/a1/about'],
  ])('%j has the address %s, and is read from it', (place, address) => {
    expect(printAddress(place)).toBe(address)
    expect(parseAddress(address)).toEqual({ place, complete: true })
  })
})

describe('an address that means less than it says leads to the nearest place, and is reported as incomplete', () => {
  it.each<[string, Place]>([
    ['planes/a1', { view: 'home' }],
    ['/nowhere', { view: 'home' }],
    ['/planes', { view: 'home' }],
    ['/planes/%', { view: 'home' }],
    ['/planes/%E0%A4%A', { view: 'home' }],
    [`/planes/${'x'.repeat(9_000)}`, { view: 'home' }],
    ['/__proto__/constructor', { view: 'home' }],
    ['/planes/a1/nothing', { ...plane, tab: 'overview' }],
    ['/planes/a1/about/more', { ...plane, tab: 'about' }],
    ['/planes/a1/overview?planet=mars', { ...plane, tab: 'overview' }],
    ['/planes/a1/install/launch', { ...plane, tab: 'install' }],
    ['/install/<script>', { view: 'new-plane' }],
    ['/planes/a1/activity?item=', { ...plane, tab: 'activity', item: undefined, filter: noActivityFilter }],
    ['/activity?kind=rumour&outcome=odd', { view: 'activity', item: undefined, filter: noActivityFilter }],
    ['/?state=perfect&group=everything', { view: 'home', shown: nothingChosen }],
    ['/settings?token=abc', { view: 'settings' }],
    ['/planes/a1/logs?level=LOUD&from=yesterday&to=today', emptyLogs],
    ['/planes/a1/logs?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', emptyLogs],
    [
      '/planes/a1/connectivity?verdict=perfect&order=random&before=r1',
      { ...plane, tab: 'connectivity', run: { kind: 'latest' }, rows: {}, filter: noFilter },
    ],
  ])('%s', (address, place) => {
    expect(parseAddress(address)).toEqual({ place, complete: false })
  })

  it('with ten thousand rows opens at most two hundred', () => {
    const rows = Array.from({ length: 900 }, (_, index) => `row=${index}+`).join('&')
    const { place } = parseAddress(`/planes/a1/connectivity?${rows}`)
    expect(Object.keys('rows' in place ? (place.rows ?? {}) : {}).length).toBeLessThanOrEqual(200)
  })

  it('has no row that changes the prototype of the rows', () => {
    const { place } = parseAddress('/planes/a1/connectivity?row=__proto__+x')
    expect('rows' in place && place.rows !== undefined && Object.getPrototypeOf(place.rows)).toBe(Object.prototype)
  })
})

it.each([
  [[undefined, undefined], 'Hangar'],
  [['Settings'], 'Settings – Hangar'],
  [['Connectivity', 'orders-prod'], 'Connectivity – orders-prod – Hangar'],
])('the title of %j is "%s"', (parts, title) => {
  expect(titleOf(parts)).toBe(title)
})
