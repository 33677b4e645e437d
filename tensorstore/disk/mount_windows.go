package disk

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// mountOf is the type of the file system of a path, "smb" for one of another machine, and the drive or folder where it
// is mounted; "" where that is not known.
func mountOf(path string) (kind, at string) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", ""
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", ""
	}
	volume := make([]uint16, len(path)+windows.MAX_PATH)
	if windows.GetVolumePathName(name, &volume[0], uint32(len(volume))) != nil {
		return "", ""
	}
	at = windows.UTF16ToString(volume)
	if windows.GetDriveType(&volume[0]) == windows.DRIVE_REMOTE {
		return "smb", at
	}
	fs := make([]uint16, windows.MAX_PATH+1)
	if windows.GetVolumeInformation(&volume[0], nil, 0, nil, nil, nil, &fs[0], uint32(len(fs))) != nil {
		return "", ""
	}
	return windows.UTF16ToString(fs), at
}
