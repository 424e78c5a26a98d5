import { expect, it } from 'vitest'
import { readHelmfile } from './helmfile.ts'

const file = `
repositories:
  - { name: v, url: https://charts.example.com }
  - { name: o, url: registry.example.com/charts, oci: true }
helmDefaults: { wait: true }
releases:
  - name: a
    namespace: x
    chart: v/a
    version: 1.2.3
    needs: [y/b]
    values: [a.yaml, { host: h, secret: "{{ .Values.s }}" }]
    set: [{ name: c.d, value: 5 }]
    hooks: []
  - { name: b, chart: o/b, condition: b.enabled }
  - { name: c, chart: ./c, installed: false }
  - { name: "{{ .Name }}", chart: ./d }
  - 5
`

it('the releases of a helmfile have their charts, values and order', () => {
  const { releases } = readHelmfile('helmfile.yaml', file)
  expect(releases).toMatchObject([
    {
      name: 'a',
      namespace: 'x',
      chart: 'v/a',
      version: '1.2.3',
      repository: 'https://charts.example.com',
      needs: ['b'],
      confidence: 'sure',
    },
    { name: 'b', chart: 'oci://registry.example.com/charts/b', confidence: 'likely' },
  ])
  expect(releases[0]?.layers).toEqual([
    { file: 'a.yaml' },
    { values: { host: 'h' } },
    { sets: [{ path: ['c', 'd'], kind: 'typed', word: [{ text: '5' }] }] },
  ])
})

it('what a helmfile needs a program for is listed as unread', () => {
  const { unread } = readHelmfile('helmfile.yaml', file)
  expect(unread.map(({ text, why }) => `${text}: ${why}`)).toEqual([
    'helmDefaults: This part of a helmfile is not read.',
    'hooks: This part of a helmfile is not read.',
    'secret: {{ .Values.s }}: Templates are not evaluated.',
    'c: It is not installed ("installed: false").',
    '{{ .Name }}: Its name, chart or namespace is a template.',
    'a release: It has no name and chart.',
  ])
})

it.each([
  ['{{ range .Values.x }}\nreleases: []\n{{ end }}', 'It contains templates, which are not evaluated.'],
  ['releases: [', /^It is not valid YAML/],
  ['[1]', 'It is no helmfile.'],
  ['releases: *nothing', 'It is no helmfile.'],
])('%s is no helmfile that can be read', (text, why) => {
  expect(readHelmfile('helmfile.yaml', text)).toMatchObject({
    releases: [],
    unread: [{ why: expect.stringMatching(why) }],
  })
})
