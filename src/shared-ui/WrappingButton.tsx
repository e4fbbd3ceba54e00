import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';
import classes from './WrappingButton.module.css';

/** A button whose words take several lines where one is too narrow for them, as in German on a small screen. */
export function WrappingButton(props: ButtonProps & ComponentPropsWithoutRef<'button'>) {
  return <Button {...props} classNames={{ root: classes.root ?? '', label: classes.label ?? '' }} />;
}
