import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConnectivityReport, ReportFormat } from '../../../preload/contract/connectivity.ts'
import { exitCode } from '../../../preload/exit-code.ts'
import type { ReportSubject } from './outline.ts'
import { all, type Element, readMarkup } from './read-markup.ts'
import { renderReport } from './render.ts'
import { laptop, sampleFail, sampleResult, sampleRow, sampleSubject } from './sample.ts'

const formats = [...ReportFormat.values]
const voids = ['meta']
const text = (format: ReportFormat, subject: ReportSubject): string => renderReport(format, subject).text

/** Text from a server, a profile or a cluster that a format could read as markup. */
const hostile = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)" x="',
  "' style='x:expression(1)",
  ']]><x/><![CDATA[',
  '-->&lt;&#0;&bogus;',
  'a | b\n| --- |\n# heading\n```\n[x](javascript:alert(1)) ![y](http://evil.example/z.png) @someone',
  '\u0000\u001b[2J\u0007\ufffe\ud800 \u202egnp.exe',
  'line one\r\nline two\tend',
]

const everywhere = (injected: string): ReportSubject =>
  sampleSubject(
    [
      sampleRow({
        id: 'a',
        title: injected,
        componentTitle: injected,
        component: injected,
        host: injected,
        note: injected,
        path: injected,
      }),
      sampleRow({ id: 'b', title: injected, required: false }),
    ],
    [
      sampleFail({
        endpoint: 'a',
        vantage: { kind: 'computer', name: injected },
        cause: injected,
        hint: injected,
        stages: [{ stage: 'tcp', verdict: 'fail', at: '2026-03-01T14:05:00Z', ms: 1, evidence: injected }],
        facts: {
          addresses: [injected],
          resolver: injected,
          source: injected,
          destination: injected,
          proxy: injected,
          issuer: injected,
          keySha256: injected,
          clockOffsetMs: null,
          discoveredHosts: [],
        },
      }),
      sampleResult({ endpoint: 'b', vantage: { kind: 'computer', name: injected } }),
    ],
    {
      title: injected,
      vantages: [
        {
          vantage: { kind: 'computer', name: injected },
          state: 'limited',
          cause: injected,
          message: injected,
          hint: injected,
          manifest: injected,
        },
      ],
      findings: [
        {
          cause: injected,
          endpoints: [injected],
          vantages: [{ kind: 'computer', name: injected }],
          hint: injected,
          evidence: injected,
        },
      ],
    },
  )

describe('every report', () => {
  const secret = 'c4n4ryC4N4RYc4n4ry'
  it.each([
    `Authorization: Bearer ${secret}`,
    `Cookie: a=${secret}`,
    `Endpoint=sb://ns.example/;SharedAccessKeyName=root;SharedAccessKey=${secret}`,
    `SharedAccessSignature sr=x&sig=${secret}&se=1`,
    `https://user:${secret}@proxy.example:3128/`,
    `https://blob.example/layer?sv=1&sig=${secret}`,
    `ghp_${secret}`,
    `eyJhbGciOiJub25lIn0.eyJ${secret}.${secret}`,
    `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`,
  ])('contains no secret, in whichever field it was: %s', (injected) => {
    for (const format of formats) expect(text(format, everywhere(injected))).not.toContain('c4n4ry')
  })

  it.each(formats)('%s shows hidden characters as marks', (format) => {
    const document = text(format, everywhere('\u202edorp-toor stag\u200bing \u009b31m'))
    expect(document).toContain('⟨U+202E⟩dorp-toor')
    expect(document).not.toMatch(/[[\p{Default_Ignorable_Code_Point}\p{Cc}]--[\n\t]]/v)
  })

  it('has a file name with the title and the time, and a media type', () => {
    const files = formats.map((format) => renderReport(format, sampleSubject([], [], { title: '../Plane: Nord/Süd' })))

    expect(files.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ['connectivity-plane-nord-s-d-2026-03-01-1405.json', 'application/json'],
      ['connectivity-plane-nord-s-d-2026-03-01-1405.md', 'text/markdown'],
      ['connectivity-plane-nord-s-d-2026-03-01-1405.html', 'text/html'],
      ['connectivity-plane-nord-s-d-2026-03-01-1405.xml', 'application/xml'],
    ])
  })

  it('can be made for a run without endpoints', () => {
    expect(text('markdown', sampleSubject([], []))).toContain('The list of endpoints is empty.')
    expect(text('html', sampleSubject([], []))).toContain('The list of endpoints is empty.')
    expect(readMarkup(text('junit', sampleSubject([], []))).attributes).toMatchObject({ tests: '0' })
  })
})

describe('the report as JSON', () => {
  const schema = z.toJSONSchema(ConnectivityReport, { io: 'output' })

  it.each(hostile)('conforms to the published schema with the text %j', (injected) => {
    const report = JSON.parse(text('json', everywhere(injected)))

    expect(new Validator(JSON.parse(JSON.stringify(schema)), '2020-12', false).validate(report).errors).toEqual([])
    expect(ConnectivityReport.parse(report)).toEqual(report)
  })

  it('conforms to the schema if redaction makes evidence of the maximum length longer', () => {
    const injected = 'a?sig=x&'.repeat(256)
    const stages = [{ stage: 'tcp', verdict: 'fail', at: '', ms: 1, evidence: injected }] as const
    const subject = sampleSubject([], [sampleFail({ endpoint: 'a', stages: [...stages] })])

    expect(() => ConnectivityReport.parse(JSON.parse(text('json', subject)))).not.toThrow()
  })
})

describe('the report as HTML', () => {
  const parsePage = (document: string): Element => {
    const [before = '', rest = ''] = document.split('<style>')
    return readMarkup(`${before}${rest.slice(rest.indexOf('</style>') + '</style>'.length)}`, voids)
  }

  it.each(hostile)('contains injected markup as text only: %j', (injected) => {
    const page = parsePage(text('html', everywhere(injected)))

    const names = new Set(
      ['script', 'img', 'x', 'iframe', 'link', 'a', 'object', 'form'].flatMap((name) => all(page, name)),
    )
    expect([...names]).toEqual([])
  })

  it.each(hostile)('has no injected attributes: %j', (injected) => {
    const attributes = (element: Element): string[] => [
      ...Object.keys(element.attributes),
      ...element.children.flatMap(attributes),
    ]
    expect(
      [...new Set(attributes(parsePage(text('html', everywhere(injected)))))].filter(
        (name) =>
          !['lang', 'charset', 'http-equiv', 'content', 'name', 'class', 'scope', 'colspan', 'style'].includes(name),
      ),
    ).toEqual([])
  })

  it('has no scripts and no external resources, and its policy forbids them', () => {
    const page = text('html', everywhere('plain'))

    expect(page).not.toMatch(/<script|\b(?:src|href)=|url\(|@import/i)
    expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'`)
    expect(page).toMatch(/prefers-color-scheme:dark/)
    expect(page).toMatch(/@media print/)
  })

  it('lists findings, then the matrix, then each failing endpoint with stages, cause, hint and a text for the network team', () => {
    const subject = sampleSubject(
      [sampleRow({ id: 'bus', port: 5671, protocol: 'amqp1' }), sampleRow({ id: 'git' })],
      [sampleFail({ endpoint: 'bus' }), sampleResult({ endpoint: 'git' })],
      {
        findings: [
          { cause: 'tcp.timeout', endpoints: ['bus'], vantages: [laptop], hint: 'Open it.', evidence: 'All dropped.' },
        ],
      },
    )

    const page = parsePage(text('html', subject))

    expect(all(page, 'h2').map(({ text: content }) => content)).toEqual([
      'Findings',
      'All rows',
      'Problems',
      'Other results',
    ])
    const [, matrix, concern] = all(page, 'section')
    expect(all(matrix ?? page, 'span').map(({ text: content }) => content)).toEqual(['✗ fail', '✓ pass'])
    const bars = all(concern ?? page, 'i').map(({ attributes }) => attributes.style)
    expect(bars).toEqual(['margin-left:0.0%;width:0.0%', 'margin-left:0.0%;width:0.3%', 'margin-left:0.3%;width:99.7%'])
    expect(all(concern ?? page, 'dd').map(({ text: content }) => content)).toEqual([
      'nothing came back',
      expect.stringMatching(/\w/),
      'Ask for this host and port to be opened.',
      'the network team',
    ])
    const [command, networkText] = all(concern ?? page, 'pre').map(({ text: content }) => content)
    expect(command).toBe('nc -vz -w 5 bus.example 5671')
    expect(networkText).toContain('Source: laptop (computer)')
    expect(networkText).toContain('Destination: bus.example, port 5671, amqp1')
    expect(networkText).toContain('Time: 2026-03-01 14:05:00 UTC')
  })
})

describe('the report as Markdown', () => {
  it.each(hostile)('keeps injected text in its cell, line or code block: %j', (injected) => {
    const document = text('markdown', everywhere(injected))
    const outside = document.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')

    expect(outside.match(/^#{1,6} .*/gm)?.filter((line) => /^#+ heading/.test(line)) ?? []).toEqual([])
    expect(outside).not.toMatch(/<[a-z/!]/i)
    expect(outside).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[|(?<![\\\w])@\w|https?:\/\//)
    for (const table of outside.match(/(?:^\|.*\n?)+/gm) ?? []) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((line) => line.match(/(?<!\\)(?:\\\\)*\|/g)?.length)
      expect(new Set(widths).size, table).toBe(1)
    }
  })

  it('has the time, the vantage, the version and each endpoint', () => {
    const rows = [sampleRow({ id: 'bus' }), sampleRow({ id: 'open', host: '' })]
    const document = text('markdown', sampleSubject(rows, [sampleFail({ endpoint: 'bus' })]))

    expect(document).toContain('| Checked | 2026-03-01 14:05:00 UTC |')
    expect(document).toContain('| bus | Agent | bus.example:443 https | yes | ✗ fail (tcp.timeout) |')
    expect(document).toContain("```text\n# From Hangar's report\n# Connection: bus (Agent)")
  })
})

describe('the report as JUnit', () => {
  const suite = ['tests', 'failures', 'errors', 'skipped'] as const
  const order = ['properties', 'testcase', 'system-out', 'system-err']

  /** Checks the rules of Jenkins' junit-10.xsd that apply to this document. */
  const readJunit = (document: string): Element => {
    const root = readMarkup(document)
    expect(root.name).toBe('testsuites')
    for (const each of root.children) {
      expect(each.name).toBe('testsuite')
      const cases = all(each, 'testcase')
      const count = (name: string): string => String(cases.filter(({ children }) => children[0]?.name === name).length)
      expect(suite.map((name) => each.attributes[name])).toEqual([
        String(cases.length),
        count('failure'),
        count('error'),
        count('skipped'),
      ])
      expect(each.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
      const positions = each.children.map(({ name }) => order.indexOf(name))
      expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      for (const { attributes, children } of cases) {
        expect(Object.keys(attributes)).toEqual(['name', 'classname', 'time'])
        expect(children.length).toBeLessThanOrEqual(1)
      }
    }
    expect(root.attributes.tests).toBe(String(all(root, 'testcase').length))
    return root
  }

  it.each(hostile)('is valid XML with the text %j', (injected) => {
    readJunit(text('junit', everywhere(injected)))
  })

  it('is valid XML with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (injected) => {
        readJunit(text('junit', everywhere(injected)))
      }),
      { numRuns: process.env.HANGAR_LONG === '1' ? 250 : 8 },
    )
  })

  it('has failures and errors exactly when the check exits with 1', () => {
    const cases = [
      ['pass', true],
      ['warn', true],
      ['fail', false],
      ['skipped', true],
      ['unknown', true],
      ['unknown', false],
    ] as const
    const elements = cases.map(([verdict, required]) => {
      const rows = [sampleRow({ id: 'a', required })]
      const subject = sampleSubject(rows, [sampleResult({ endpoint: 'a', verdict, hint: 'See.' })])
      const root = readJunit(text('junit', subject))
      expect(Number(root.attributes.failures) + Number(root.attributes.errors)).toBe(exitCode(subject.report, rows))
      return all(root, 'testcase')[0]?.children[0]?.name
    })
    expect(elements).toEqual([undefined, 'system-out', 'failure', 'skipped', 'error', 'skipped'])
  })

  it('has a suite for each vantage, and an error for a vantage from which nothing was checked', () => {
    const pod = { kind: 'pod', name: 'plane' } as const
    const rows = [sampleRow({ id: 'a', title: 'Control plane' })]
    const subject = sampleSubject(rows, [sampleFail({ endpoint: 'a' })], {
      vantages: [
        { vantage: laptop, state: 'ran', cause: '', message: '', hint: '', manifest: '' },
        {
          vantage: pod,
          state: 'failed',
          cause: 'rbac.denied',
          message: 'Not permitted to create jobs.',
          hint: 'Forward it.',
          manifest: 'a: 1',
        },
      ],
    })

    const suites = readJunit(text('junit', subject)).children

    expect(suites.map(({ attributes }) => attributes.name)).toEqual(['from computer laptop', 'from pod plane'])
    const [first, second] = suites.map((each) => all(each, 'testcase')[0])
    expect(first?.attributes).toMatchObject({ name: 'Control plane (a)', classname: 'agent', time: '3.010' })
    expect(first?.children[0]?.attributes).toEqual({
      message: 'tcp.timeout: Ask for this host and port to be opened.',
      type: 'tcp.timeout',
    })
    expect(first?.children[0]?.text).toContain('nc -vz -w 5 a.example 443')
    expect(second?.children[0]).toMatchObject({ name: 'error', attributes: { type: 'rbac.denied' }, text: 'a: 1' })
  })
})
