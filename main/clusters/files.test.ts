import { describe, expect, it } from 'vitest'
import { kubeconfigGroups } from './files.ts'

const places = { home: '/home/jo', more: [], delimiter: ':' }

describe('kubeconfigGroups', () => {
  it.each([
    ['~/.kube/config, which need not be there', {}, [{ files: ['/home/jo/.kube/config'], mustExist: false }]],
    [
      'KUBECONFIG as one group, without empty and repeated parts',
      { variable: '/a::/b:/a:' },
      [{ files: ['/a', '/b'], mustExist: true }],
    ],
    [
      '~/.kube/config where KUBECONFIG is empty',
      { variable: ':' },
      [{ files: ['/home/jo/.kube/config'], mustExist: false }],
    ],
    [
      'each file of the settings by itself, but none twice',
      { variable: '/a', more: ['~/x', '/a', '/home/jo/x'] },
      [
        { files: ['/a'], mustExist: true },
        { files: ['/home/jo/x'], mustExist: true },
      ],
    ],
    [
      'what --kubeconfig names alone',
      { chosen: ['/c'], variable: '/a', more: ['/b'] },
      [{ files: ['/c'], mustExist: true }],
    ],
    [
      'Windows, with its own separator',
      { variable: '/a;/b', delimiter: ';' },
      [{ files: ['/a', '/b'], mustExist: true }],
    ],
  ])('%s', (_case, given, groups) => expect(kubeconfigGroups({ ...places, ...given })).toEqual(groups))
})
