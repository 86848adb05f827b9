standard nasion coil position relative to dewar (cm):
	x = 5.6
	y = 5.6
	z = -27.0
standard left ear coil position relative to dewar (cm):
	x = -5.6
	y = 5.6
	z = -27.0
standard right ear coil position relative to dewar (cm):
	x = 5.6
	y = -5.6
	z = -27.0
measured nasion coil position relative to dewar (cm):
	x = 5.6
	y = 5.6
	z = -27.0
measured left ear coil position relative to dewar (cm):
	x = -5.6
	y = 5.6
	z = -27.0
measured right ear coil position relative to dewar (cm):
	x = 5.6
	y = -5.6
	z = -27.0
measured nasion coil position relative to head (cm):
	x = 7.9196
	y = 0.0
	z = 0.0
measured left ear coil position relative to head (cm):
	x = 0.0
	y = 7.9196
	z = 0.0
measured right ear coil position relative to head (cm):
	x = 0.0
	y = -7.9196
	z = 0.0
