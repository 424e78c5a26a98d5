import { describe, expect, it } from 'vitest'
import { kubeconfigGroups } from './files.ts'

const base = { home: '/home/jo', more: [], delimiter: ':' }

describe('kubeconfigGroups', () => {
  it.each([
    ['~/.kube/config, which need not exist', {}, [{ files: ['/home/jo/.kube/config'], mustExist: false, isOwn: true }]],
    [
      'KUBECONFIG as one group, without empty and repeated parts',
      { variable: '/a::/b:/a:' },
      [{ files: ['/a', '/b'], mustExist: true, isOwn: true }],
    ],
    [
      '~/.kube/config where KUBECONFIG is empty',
      { variable: ':' },
      [{ files: ['/home/jo/.kube/config'], mustExist: false, isOwn: true }],
    ],
    [
      'each file of the settings as its own group, but none twice',
      { variable: '/a', more: ['~/x', '/a', '/home/jo/x'] },
      [
        { files: ['/a'], mustExist: true, isOwn: true },
        { files: ['/home/jo/x'], mustExist: true, isOwn: false },
      ],
    ],
    [
      'only the file of --kubeconfig',
      { chosen: ['/c'], variable: '/a', more: ['/b'] },
      [{ files: ['/c'], mustExist: true, isOwn: false }],
    ],
    [
      'KUBECONFIG with the separator of Windows',
      { variable: '/a;/b', delimiter: ';' },
      [{ files: ['/a', '/b'], mustExist: true, isOwn: true }],
    ],
  ])('reads %s', (_case, given, groups) => expect(kubeconfigGroups({ ...base, ...given })).toEqual(groups))
})
