import { CloseButton, Drawer as MantineDrawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { t } from '../strings/t.ts'
import classes from './Drawer.module.css'
import { useFocusReturn } from './useFocusReturn.ts'

export interface DrawerProps {
  readonly title: string
  /** Beside the title: the state of the thing. */
  readonly status?: ReactNode
  readonly subtitle?: ReactNode
  readonly children: ReactNode
  readonly actions?: ReactNode
  readonly onClose: () => void
}

/**
 * Details at the right edge. Escape closes it, Tab stays inside, and the focus returns to what opened it; where nothing did
 * (a reload, Back), to the view.
 */
export function Drawer({ title, status, subtitle, children, actions, onClose }: DrawerProps) {
  useFocusReturn()
  return (
    <MantineDrawer.Root
      opened
      onClose={onClose}
      position="right"
      size={480}
      returnFocus={false}
      padding={0}
      classNames={{ content: classes.content }}
    >
      <MantineDrawer.Overlay backgroundOpacity={0.25} />
      <MantineDrawer.Content>
        <header className={classes.head}>
          <div className={classes.names}>
            <MantineDrawer.Title className={classes.title}>{title}</MantineDrawer.Title>
            {status}
          </div>
          <CloseButton aria-label={t('ui.close')} onClick={onClose} data-autofocus />
        </header>
        {subtitle !== undefined && <div className={classes.subtitle}>{subtitle}</div>}
        <div className={classes.body}>{children}</div>
        {actions !== undefined && <footer className={classes.actions}>{actions}</footer>}
      </MantineDrawer.Content>
    </MantineDrawer.Root>
  )
}
