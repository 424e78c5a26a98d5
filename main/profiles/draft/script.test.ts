import { describe, expect, it } from 'vitest'
import { readScript } from './script.ts'
import { setValues } from './set-values.ts'
import { wordText } from './shell-commands.ts'

const releasesOf = (script: string) =>
  readScript('install.sh', script).releases.map(({ name, namespace, chart }) => [name, namespace ?? '', chart])

describe('the releases of an installation script', () => {
  const cases: readonly [what: string, script: string, releases: string[][]][] = [
    [
      'are those that helm installs',
      'helm install a ./a -n x\nhelm upgrade --install b ./b --namespace=y',
      [
        ['a', 'x', './a'],
        ['b', 'y', './b'],
      ],
    ],
    ['may have their flags first', 'helm -n x --kube-context "$C" upgrade -i --wait a ./a', [['a', 'x', './a']]],
    ['are not those that exist already', 'helm upgrade a ./a\nhelm uninstall b\nhelm list', []],
    [
      'are named by variables of the script',
      'NS=x; N="a"\nexport DIR=./charts\nhelm install $N "$DIR/a" -n ${NS}',
      [['a', 'x', './charts/a']],
    ],
    [
      'have the fallbacks of variables that keep their name',
      'NS=${NS:-x}\nhelm install a ./a -n "$NS"',
      [['a', 'x', './a']],
    ],
    ['have the fallbacks of variables', 'NS=${1:-x}\nhelm install a ./a -n "${NS}" ', [['a', 'x', './a']]],
    [
      'are found relative to the script',
      'D="$(cd "$(dirname "$0")" && pwd)"\nhelm install a "$D/charts/a"',
      [['a', '', 'charts/a']],
    ],
    ['may be conditional', 'if [ -n "$X" ]; then helm install a ./a; fi', [['a', '', './a']]],
    [
      'may be in loops over words',
      'for c in a b; do helm install $c ./charts/$c; done',
      [
        ['a', '', './charts/a'],
        ['b', '', './charts/b'],
      ],
    ],
    [
      'may be in functions',
      'up() { local n="$1"; shift; helm upgrade --install "$n" ./$n -n $1; }\nup a x\nmain() { up b y; }\nmain',
      [
        ['a', 'x', './a'],
        ['b', 'y', './b'],
      ],
    ],
    [
      'may be started by others',
      'sudo -E helm install a ./a\nHELM=/opt/helm\n$HELM install b ./b\n${HELM_BIN:-helm} install c ./c',
      [
        ['a', '', './a'],
        ['b', '', './b'],
        ['c', '', './c'],
      ],
    ],
    [
      'are not in comments, texts and here-documents',
      '# helm install a ./a\necho "helm install b ./b"\ncat <<EOF\nhelm install c ./c\nEOF',
      [],
    ],
    ['are not what only a shell knows', 'helm install $(pick) ./a\nhelm install "$1" ./b', []],
    [
      'take their name from the chart',
      'helm install ./charts/a-1.2.3.tgz --generate-name',
      [['a', '', './charts/a-1.2.3.tgz']],
    ],
  ]
  it.each(cases)('%s', (_what, script, expected) => expect(releasesOf(script)).toEqual(expected))

  it('have their repository, version, values, timeout and place', () => {
    const script = `helm repo add v https://charts.example.com
helm upgrade --install a v/a --version 1.2.3 --timeout 5m30s \\
  -f "$DIR/values.yaml" --set "host=$HOST,port=443" --set-file ca=$CA`
    expect(readScript('install.sh', script).releases).toEqual([
      {
        name: 'a',
        namespace: undefined,
        chart: 'v/a',
        version: '1.2.3',
        repository: 'https://charts.example.com',
        layers: [
          { file: 'values.yaml' },
          {
            sets: [
              { path: ['host'], kind: 'typed', word: [{ variable: 'HOST' }] },
              { path: ['port'], kind: 'typed', word: [{ text: '443' }] },
            ],
          },
          { sets: [{ path: ['ca'], kind: 'file', word: [{ variable: 'CA' }] }] },
        ],
        needs: [],
        timeoutSeconds: 330,
        confidence: 'sure',
        evidence: [{ place: 'install.sh:2', text: expect.stringContaining('helm upgrade --install a v/a') }],
      },
    ])
  })

  it('are less sure inside a condition', () => {
    expect(readScript('i', 'helm install a ./a || helm install b ./b').releases.map((each) => each.confidence)).toEqual(
      ['sure', 'likely'],
    )
  })

  it('leave everything else unread, with its line and the reason', () => {
    const script =
      'set -e\nkubectl apply -f - <<EOF\na\nEOF\nunused() { helm install a ./a; }\nhelm install "$1" ./b\nhelm upgrade c ./c'
    expect(readScript('i', script).unread.map(({ place, text, why }) => `${place} ${text}: ${why}`)).toEqual([
      'i:1 set -e: Only helm commands are read.',
      'i:2 kubectl apply -f - (with a here-document of 1 line): Only helm commands are read.',
      'i:6 helm install $1 ./b: The name of the release or its chart is known to the shell only.',
      'i:7 helm upgrade c ./c: It upgrades a release that exists: no --install.',
      'i:5 helm install a ./a: The function unused is not called.',
    ])
  })

  it('have the parameters that a function passes on', () => {
    const script = 'up() { n=$1; shift; helm install "$n" ./$n "$@"; }\nif x; then up a -n y --set h=$H; fi'
    const [release] = readScript('i', script).releases
    expect(release).toMatchObject({ name: 'a', namespace: 'y', confidence: 'likely' })
    expect(release?.layers).toEqual([{ sets: [{ path: ['h'], kind: 'typed', word: [{ variable: 'H' }] }] }])
  })

  it('end where functions call themselves', () => {
    expect(readScript('i', 'f() { f; f; }\nf').releases).toEqual([])
    expect(() => readScript('i', `f() { ${'f;'.repeat(100)} }\nf`)).toThrow('50000')
  })
})

describe('the values of --set', () => {
  const cases: readonly [argument: string, values: [path: (string | number)[], text: string][] | undefined][] = [
    ['a=b', [[['a'], 'b']]],
    [
      'a.b=c,d=e',
      [
        [['a', 'b'], 'c'],
        [['d'], 'e'],
      ],
    ],
    [
      'a={x,y}',
      [
        [['a', 0], 'x'],
        [['a', 1], 'y'],
      ],
    ],
    ['a[1].b=c', [[['a', 1, 'b'], 'c']]],
    ['a\\.b=c\\,d', [[['a.b'], 'c,d']]],
    ['a=', [[['a'], '']]],
    ['a=b=c', [[['a'], 'b=c']]],
    ['a', undefined],
    ['.a=b', undefined],
    ['a[99999999]=b', undefined],
  ]
  it.each(cases)('%s', (argument, expected) => {
    expect(setValues([{ text: argument }], 'typed')?.map(({ path, word }) => [path, wordText(word)])).toEqual(expected)
  })
})
