// What can be noticed, in the order of the tiles, each with its picture.

import Bandage from '@lucide/svelte/icons/bandage';
import BatteryLow from '@lucide/svelte/icons/battery-low';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import FaceNeutral from '@lucide/svelte/icons/face-neutral';
import Footprints from '@lucide/svelte/icons/footprints';
import Moon from '@lucide/svelte/icons/moon';
import PersonStanding from '@lucide/svelte/icons/person-standing';
import Pill from '@lucide/svelte/icons/pill';
import Utensils from '@lucide/svelte/icons/utensils';
import Zap from '@lucide/svelte/icons/zap';
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ChevronsDown from '@lucide/svelte/icons/chevrons-down';
import Equal from '@lucide/svelte/icons/equal';
import type { Component } from 'svelte';
import type { Degree, ObservedThing } from '../../lib/api';

export interface TilePicture {
  what: ObservedThing;
  icon: Component;
  /** A lying figure is a standing one, turned. */
  turned?: boolean;
}

export const TILES: TilePicture[] = [
  { what: 'food_drink', icon: Utensils },
  { what: 'gait', icon: Footprints },
  { what: 'fall', icon: PersonStanding, turned: true },
  { what: 'tiredness', icon: BatteryLow },
  { what: 'confusion', icon: CircleQuestionMark },
  { what: 'pain', icon: Zap },
  { what: 'skin', icon: Bandage },
  { what: 'sleep', icon: Moon },
  { what: 'mood', icon: FaceNeutral },
  { what: 'medicine_not_taken', icon: Pill },
  { what: 'other', icon: Ellipsis },
];

export const DEGREES: { degree: Degree; icon: Component }[] = [
  { degree: 'as_usual', icon: Equal },
  { degree: 'worse', icon: ArrowDown },
  { degree: 'much_worse', icon: ChevronsDown },
];
