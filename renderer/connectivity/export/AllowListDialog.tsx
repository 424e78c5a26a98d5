import { Button, Modal, Select } from '@mantine/core'
import { useStore } from 'zustand'
import type { AllowListFormat, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { IconDownload } from '../../ui/icons.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { saveFile } from '../../ui/saveFile.ts'
import type { DocumentsStore } from './documents.ts'
import classes from './Export.module.css'

const formats: readonly { readonly value: AllowListFormat; readonly label: string; readonly says: string }[] = [
  { value: 'markdown', label: 'Markdown', says: 'A table to read, for a ticket to the network team.' },
  { value: 'csv', label: 'CSV', says: 'The same table for a spreadsheet.' },
  { value: 'squid', label: 'Squid ACL', says: 'Lines for squid.conf.' },
  { value: 'azure-firewall', label: 'Azure Firewall', says: 'Application and network rules.' },
  { value: 'aws-network-firewall', label: 'AWS Network Firewall', says: 'A rule group.' },
  { value: 'networkpolicy', label: 'Kubernetes NetworkPolicy', says: 'Knows no names: it says what it cannot say.' },
  { value: 'ciliumnetworkpolicy', label: 'CiliumNetworkPolicy', says: 'By name, with the DNS rule that it needs.' },
]

export interface AllowListDialogProps {
  readonly store: DocumentsStore
  readonly planeId: string
  readonly rows: readonly EndpointRow[]
  readonly onClose: () => void
}

/** What to ask the network team for, or to apply to the cluster. */
export function AllowListDialog({ store, planeId, rows, onClose }: AllowListDialogProps) {
  const { options, allowList, problem, setOptions } = useStore(store)
  const components = [...new Map(rows.map(({ component, componentTitle }) => [component, componentTitle]))]
  const format = formats.find(({ value }) => value === options.format) ?? formats[0]
  return (
    <Modal opened onClose={onClose} size="xl" title="Allow-list" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.dialog}>
        <div className={classes.wish}>
          <Select
            label="Format"
            data={formats.map(({ value, label }) => ({ value, label }))}
            value={options.format}
            allowDeselect={false}
            maxDropdownHeight={320}
            data-autofocus
            onChange={(value) => {
              const chosen = formats.find((one) => one.value === value)
              if (chosen !== undefined) void setOptions(planeId, { ...options, format: chosen.value })
            }}
          />
          <Select
            label="Component"
            data={[{ value: '', label: 'The whole plane' }, ...components.map(([value, label]) => ({ value, label }))]}
            value={options.component}
            allowDeselect={false}
            onChange={(value) => void setOptions(planeId, { ...options, component: value ?? '' })}
          />
        </div>
        {problem !== undefined ? (
          <ProblemNotice problem={problem} />
        ) : (
          <section aria-label="Preview of the allow-list" aria-busy={allowList === undefined}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable for the keyboard */}
            <pre className={`${classes.preview} mono`} tabIndex={0}>
              {allowList?.text ?? 'Making the list …'}
            </pre>
          </section>
        )}
        <div className={classes.foot}>
          <span>
            {format?.says} {allowList?.name}
          </span>
          {allowList !== undefined && (
            <>
              <CopyButton label="Copy" text={() => allowList.text} />
              <Button
                size="compact-xs"
                leftSection={<IconDownload size={14} aria-hidden />}
                onClick={() => saveFile(allowList)}
              >
                Save
              </Button>
            </>
          )}
        </div>
      </div>
    </Modal>
  )
}
