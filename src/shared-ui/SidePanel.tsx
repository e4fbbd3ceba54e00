import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { holdPlace } from './hold-place.ts';
import classes from './SidePanel.module.css';
import { useText } from './text-context.tsx';

/** A sheet at the far edge that explains something without leaving the page. Escape closes it, focus returns. */
export function SidePanel({
  opened,
  title,
  wide = false,
  onClose,
  children,
}: {
  readonly opened: boolean;
  readonly title: string;
  /** Room for two things side by side, where the page has it. */
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useText();
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      position="right"
      size={wide ? '52rem' : '30rem'}
      padding="lg"
      classNames={{
        title: classes.title,
        header: classes.header,
        content: classes.content,
        body: classes.body,
      }}
      transitionProps={{ duration: 160 }}
    >
      <Drawer.Overlay />
      <Drawer.Content onFocusCapture={holdPlace}>
        {/* A <header> here would count as a second banner of the page. */}
        <Drawer.Header role="none">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t('action.close')} />
        </Drawer.Header>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
