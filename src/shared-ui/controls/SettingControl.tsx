import { type ControlProps, controlKind } from './control.ts';
import { ListControl } from './ListControl.tsx';
import { ObjectsControl } from './ObjectsControl.tsx';
import {
  ChoiceControl,
  LongTextControl,
  NumberControl,
  SwitchControl,
  TextControl,
} from './simple-controls.tsx';

/** The control of a setting, generated from its registration: no setting has one of its own that could forget the lock. */
export function SettingControl(props: ControlProps) {
  switch (controlKind(props.registration)) {
    case 'switch':
      return <SwitchControl {...props} />;
    case 'number':
      return <NumberControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'text':
      return <TextControl {...props} />;
    case 'longText':
    case 'json':
      return <LongTextControl {...props} />;
    case 'list':
      return <ListControl {...props} />;
    case 'objects':
      return <ObjectsControl {...props} />;
  }
}
