import { Button, Modal, Select } from '@mantine/core'
import { useStore } from 'zustand'
import type { AllowListFormat, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { IconDownload } from '../../ui/icons.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { saveFile } from '../../ui/saveFile.ts'
import type { DocumentsStore } from './documents.ts'
import classes from './Export.module.css'

const formats = [
  'markdown',
  'csv',
  'squid',
  'azure-firewall',
  'aws-network-firewall',
  'networkpolicy',
  'ciliumnetworkpolicy',
] as const satisfies readonly AllowListFormat[]

export interface AllowListDialogProps {
  readonly store: DocumentsStore
  readonly planeId: string
  readonly rows: readonly EndpointRow[]
  readonly onClose: () => void
}

/** An allow-list for the network team, or policies to apply to the cluster. */
export function AllowListDialog({ store, planeId, rows, onClose }: AllowListDialogProps) {
  const { options, allowList, problem, setOptions } = useStore(store)
  const components = [...new Map(rows.map(({ component, componentTitle }) => [component, componentTitle]))]
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('connectivity.allowList.title')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <div className={classes.dialog}>
        <div className={classes.options}>
          <Select
            label={t('connectivity.allowList.format')}
            data={formats.map((value) => ({ value, label: t(`connectivity.allowList.formats.${value}.label`) }))}
            value={options.format}
            allowDeselect={false}
            maxDropdownHeight={320}
            data-autofocus
            onChange={(value) => {
              const format = formats.find((format) => format === value)
              if (format !== undefined) void setOptions(planeId, { ...options, format })
            }}
          />
          <Select
            label={t('connectivity.allowList.component')}
            data={[
              { value: '', label: t('connectivity.allowList.allComponents') },
              ...components.map(([value, label]) => ({ value, label })),
            ]}
            value={options.component}
            allowDeselect={false}
            onChange={(value) => void setOptions(planeId, { ...options, component: value ?? '' })}
          />
        </div>
        {problem !== undefined ? (
          <ProblemNotice problem={problem} />
        ) : (
          <section aria-label={t('connectivity.allowList.preview')} aria-busy={allowList === undefined}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <pre className={`${classes.preview} mono`} tabIndex={0}>
              {allowList?.text ?? t('connectivity.allowList.generating')}
            </pre>
          </section>
        )}
        <div className={classes.foot}>
          <span>
            {t(`connectivity.allowList.formats.${options.format}.description`)} {allowList?.name}
          </span>
          {allowList !== undefined && (
            <>
              <CopyButton exact label={t('connectivity.allowList.copy')} text={() => allowList.text} />
              <Button
                size="compact-xs"
                leftSection={<IconDownload size={14} aria-hidden />}
                onClick={() => saveFile(allowList)}
              >
                {t('connectivity.allowList.save')}
              </Button>
            </>
          )}
        </div>
      </div>
    </Modal>
  )
}
